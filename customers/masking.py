"""A customer as one person may see them: whole, or with names, numbers and addresses masked (domain 4.11)."""

import re

from django.utils.translation import gettext as _

from customers import numbers
from customers.models import Customer, Identifier
from staff.models import User
from staff.scope import scope_of

OWN_LINK = re.compile(r"(https?://\S+?/s/)[^\s/]+")  # opens for the customer alone: whoever has it answers for them
# Of a complaint, as customers are told it, "26-000123": no mobile number begins so, and nothing numeric touches it.
OF_COMPLAINT = r"(?<![0-9])(?<![0-9][-./)])[2-9][0-9]-[0-9]{6}(?![- ]*[0-9]|[./(][0-9])"
LONG_NUMBER = re.compile(rf"(?P<own>{OF_COMPLAINT})|\d[\d\- ]{{5,}}\d")
ALWAYS_SHOWN = {Identifier.Kind.CUSTOMER, Identifier.Kind.ID_DOCUMENT}  # a document is kept masked to begin with


def reaches(user: User, right: str, customer: Customer) -> bool:
    """Whether the person holds the right over this very customer: what `reached_with` asks, of a row at hand."""
    scope = scope_of(user, right)
    own = scope.own and customer.manager_id == user.pk
    return own or customer.branch_id in scope.branches or customer.unit_id in scope.units


def without_own_links(text: str) -> str:
    return OWN_LINK.sub(r"\1…", text)


class Shown:
    """The texts of one customer for one person."""

    def __init__(self, customer: Customer, user: User):
        self.customer, self.user = customer, user
        self.whole = reaches(user, "customers.view_unmasked", customer)

    @property
    def title(self) -> str:
        return self.name or self.customer.number

    @property
    def name(self) -> str:
        return self.person(self.customer.name)

    def person(self, name: str) -> str:
        return name if self.whole else numbers.mask_name(name)

    @property
    def address(self) -> str:
        return self.place(self.customer.address)

    def place(self, text: str) -> str:
        return text if self.whole or not text else _("(hidden)")

    def number(self, written: str) -> str:
        return written if self.whole else numbers.mask_phone(written)

    def identifier(self, identifier: Identifier) -> str:
        return identifier.written if identifier.kind in ALWAYS_SHOWN else self.number(identifier.written)

    def text(self, text: str) -> str:
        """Free text: what looks like a number is masked where numbers are, except that of a complaint, and so is the
        customer's name; links that are the customer's own open for nobody else.
        """
        text = without_own_links(text)
        if self.whole:
            return text
        if self.customer.name:
            text = text.replace(self.customer.name, self.name)
        return self.numbers_hidden(text)

    @staticmethod
    def numbers_hidden(text: str) -> str:
        return LONG_NUMBER.sub(lambda found: found["own"] or numbers.mask_phone(found[0]), text)
