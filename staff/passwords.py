"""What a new password must be, beside length and the list of common ones. No rules of composition."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128
PRODUCT_WORDS = ("telecom", "crm")
SHORTEST_WORD = 3


class LongestValidator:
    """Hashing takes time with length; nobody types more than this."""

    def validate(self, password, user=None):
        if len(password) > LONGEST:
            raise ValidationError(_("At most %(longest)s characters.") % {"longest": LONGEST}, code="too_long")

    def get_help_text(self):
        return _("At most %(longest)s characters.") % {"longest": LONGEST}


class OwnWordsValidator:
    """A password made of the person's names, or of the product's, is the first that is tried."""

    def validate(self, password, user=None):
        left = password.casefold()
        for word in sorted(self._words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < len(password) and len(set(left)) < 6:
            raise ValidationError(
                _("Too close to the sign-in name, the person's name or the product's."), code="own_words"
            )

    def get_help_text(self):
        return _("Not made of the sign-in name, the person's name or the product's.")

    def _words(self, user):
        names = f"{user.username} {user.name}" if user else ""
        words = {*PRODUCT_WORDS, *re.split(r"[\W_]+", names.casefold()), *names.casefold().split()}
        return {word for word in words if len(word) >= SHORTEST_WORD}
