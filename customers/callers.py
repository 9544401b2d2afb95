"""Who may be calling: the customers within reach that a whole number belongs to."""

from dataclasses import dataclass

from django.utils import timezone

from customers.masking import Shown
from customers.models import Customer, Identifier
from customers.numbers import MOBILE, normalise
from staff.models import User
from staff.scope import postings_of

MOST = 20
PHONES = {Identifier.Kind.CONTACT, Identifier.Kind.SERVICE}


@dataclass(frozen=True)
class Caller:
    """A customer as this person may see them, by the number that was asked for."""

    shown: Shown
    by: Identifier
    old: bool  # the number was theirs once; somebody else may have it now

    @property
    def customer(self) -> Customer:
        return self.shown.customer


def callers(number: str, user: User) -> list[Caller]:
    """Customers `user` reaches that have, or had, `number` in any written form; a phone number counts before others.

    A number out of reach is a number nobody has. Whoever has it today comes first; at most MOST.
    """
    homes = {posting.unit.home_id for posting in postings_of(user)}  # as the index is read; reach is asked as well
    rows = Identifier.objects.filter(branch__in=homes, value__in=spellings(number))
    rows = rows.exclude(kind=Identifier.Kind.ID_DOCUMENT).filter(customer__in=Customer.objects.visible_to(user))
    held = list(rows.select_related("customer__tier", "customer__unit").order_by("customer_id", "pk")[: MOST * 4])
    held = [one for one in held if one.kind in PHONES] or held
    today, found = timezone.localdate(), {}
    for old, one in sorted(((_is_old(one, today), one) for one in held), key=lambda pair: pair[0]):
        found.setdefault(one.customer_id, Caller(Shown(one.customer, user), one, old))
    return list(found.values())[:MOST]


def _is_old(identifier, today):
    return identifier.valid_to is not None and identifier.valid_to <= today


def spellings(number: str) -> set[str]:
    """The keys a number may be kept under: exchanges put a 0 before a mobile number from elsewhere."""
    key = normalise(number)
    bare = key.removeprefix("0")
    return {one for one in (key, bare if MOBILE.fullmatch(bare) else "") if one}
