"""What the search box shows of each customer it found."""

from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language

from customers.masking import ALWAYS_SHOWN, Shown
from customers.models import Customer, Identifier, Tier
from customers.search.marks import marked, marked_name
from customers.search.typed import Typed

WHOLE = 0  # the arm of whole numbers
KINDS, STATUSES = dict(Identifier.Kind.choices), dict(Customer.Status.choices)


class Found(NamedTuple):
    """A row of the search's statement; to masking it is a customer."""

    pk: int
    branch_id: int
    unit_id: int
    manager_id: int | None
    name: str
    number: str
    status: str
    tier_id: int
    tier_name: str
    tier_name_en: str
    tier_mark: str
    unit_name: str
    unit_name_en: str
    by: str | None  # the kind of the number they were found by
    written: str | None
    old: bool  # the number was theirs once
    arm: int


@dataclass
class Hit:
    """One customer, as this person may see them."""

    customer: Found
    typed: Typed
    name: str  # the customer number where there is no name
    number: str  # by which they were found; "" when found by name
    exact: bool = False  # nobody else has what was typed: Enter opens at once

    @property
    def pk(self):
        return self.customer.pk

    @property
    def url(self):
        return reverse("customer", args=[self.pk])

    @property
    def old(self):
        return self.customer.old

    @property
    def kind(self):
        return KINDS.get(self.customer.by, "")

    @property
    def status(self):
        """Nothing for an active customer, who needs no remark."""
        return "" if self.customer.status == Customer.Status.ACTIVE else STATUSES[self.customer.status]

    @property
    def tier(self):
        found = self.customer
        return Tier(pk=found.tier_id, name=found.tier_name, name_en=found.tier_name_en, mark=found.tier_mark)

    @property
    def unit(self):
        english = (get_language() or "").startswith("en") and self.customer.unit_name_en
        return english or self.customer.unit_name

    @property
    def marked_name(self):
        return _html(marked_name(self.name, self.typed.words))

    @property
    def marked_number(self):
        return _html(marked(self.number, self.typed.digits or self.typed.number))


def _html(parts):
    before, typed, after = parts
    return format_html("{}<mark>{}</mark>{}", before, typed, after) if typed else before


def hits_of(rows, typed, user, limit):
    """Each customer once, best first. A whole number that one customer has today is an exact hit, and so is an only
    one."""
    rows = [Found._make(row) for row in rows]
    hits = {}
    for row in rows:
        if row.pk not in hits and len(hits) < limit:
            hits[row.pk] = _hit(row, typed, user)
    hits = list(hits.values())
    if hits:
        holders = {row.pk for row in rows if row.arm == WHOLE and not row.old}
        hits[0].exact = len(hits) == 1 or len(holders) == 1
    return hits


def _hit(row, typed, user):
    shown = Shown(row, user)
    number = row.written or ""
    if number and row.by not in ALWAYS_SHOWN:
        number = shown.number(number)
    return Hit(row, typed, shown.title, number)
