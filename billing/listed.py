"""A row of the list of accounts, ready to be drawn, as the reader may see it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from billing import money
from billing.models import Account, Bill
from customers.masking import Shown

WAYS = dict(Account.Way.choices)
OLDEST = Subquery(
    Bill.objects.unpaid().filter(account=OuterRef("pk")).order_by("due_on").values("due_on")[:1]
)  # the due day of what is open longest


@dataclass(frozen=True)
class Line:
    url: str
    ref: str
    customer: str
    customer_url: str
    mark: str  # of the tier, HTML
    unit: str
    way: str
    owed: str
    days: int  # overdue; 0: not
    credit: str
    available: str


def lines_of(accounts, user, marks, day: date) -> list[Line]:
    """Of accounts with `customer`, its `tier` and `unit`, and `oldest` at hand."""
    return [_line(account, Shown(account.customer, user), marks, day) for account in accounts]


def _line(account, shown, marks, day):
    def said(amount):
        return money.said(amount, account.currency) if amount else "–"

    return Line(
        url=reverse("account", args=[account.pk]),
        ref=account.ref,
        customer=shown.title,
        customer_url=reverse("customer", args=[account.customer_id]),
        mark=marks[account.customer.tier],
        unit=str(account.customer.unit),
        way=str(WAYS[account.way]),
        owed=said(account.owed),
        days=max((day - account.oldest).days, 0) if account.oldest else 0,
        credit=said(account.credit),
        available=said(account.available) if account.credit_limit else "–",
    )
