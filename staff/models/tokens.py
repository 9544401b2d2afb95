"""Keys with which a program speaks for a person."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from staff.models.people import User
from staff.token_scopes import SCOPES

LONGEST = timedelta(days=366)
MOST = 50  # tokens in force at once, a person
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use is kept
BEGINS = "crm_"
SHOWN = 12  # characters of it that are kept, to tell one from another


class TokenQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and nobody else's."""
        return self.filter(user=user.pk)

    def in_force(self):
        return self.filter(withdrawn_at=None, expires_at__gt=Now(), user__is_active=True)


class Token(models.Model):
    """A bearer token. Only its hash is kept; whoever loses it issues another one."""

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=SHOWN)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256: 256 random bits are not guessed
    scopes = ArrayField(models.CharField(max_length=40))
    expires_at = models.DateTimeField()
    issued_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self):
        return f"{self.prefix}…"

    @classmethod
    @transaction.atomic
    def issue(cls, *, user: User, name: str, scopes: list[str], days: int, by: User) -> tuple["Token", str]:
        """A new token and its value, which is shown this once. Raises ValidationError by field."""
        user._lock()
        if not 1 <= days <= LONGEST.days:
            raise ValidationError({"days": gettext("From one day to a year.")})
        if not scopes or set(scopes) - set(SCOPES):
            raise ValidationError({"scopes": gettext("Choose what it may do.")})
        if cls.objects.in_force().filter(user=user).count() >= MOST:
            raise ValidationError(gettext("You hold %(most)s tokens already; withdraw one first.") % {"most": MOST})
        value = BEGINS + secrets.token_urlsafe(32)
        made = cls.objects.create(
            user=user,
            name=name,
            prefix=value[:SHOWN],
            digest=digest_of(value),
            scopes=sorted(set(scopes)),
            expires_at=Now() + timedelta(days=days),
        )
        made.refresh_from_db()
        record(made, "token.issued", by=by, user=user.pk, scopes=made.scopes, expires=made.expires_at)
        return made, value

    @classmethod
    def find(cls, value: str) -> "Token | None":
        """The token in force that has this value; its use is noted, at most once a minute."""
        rows = cls.objects.in_force().select_related("user__branch")
        found = rows.filter(digest=digest_of(value)).first() if value.isascii() else None
        if found is not None:
            stale = Q(used_at=None) | Q(used_at__lt=Now() - SEEN_EVERY)
            cls.objects.filter(stale, pk=found.pk).update(used_at=Now())
        return found

    @transaction.atomic
    def withdraw(self, *, by: User):
        """Good for nothing from now on. Said twice, the first time counts."""
        if Token.objects.filter(pk=self.pk, withdrawn_at=None).update(withdrawn_at=Now()):
            record(self, "token.withdrawn", by=by, user=self.user_id)
        self.refresh_from_db()

    def allows(self, scope: str) -> bool:
        """Whether it carries the scope; whoever may write may read."""
        return scope in self.scopes or scope.replace(":read", ":write") in self.scopes

    @property
    def scope_labels(self):
        return [SCOPES.get(scope, scope) for scope in self.scopes]


def digest_of(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
