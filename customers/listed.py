"""A row of the customer list, ready to be drawn: there are many on a page, so nothing is worked out in the template."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from customers.masking import Shown
from customers.models import Customer

KINDS, STATUSES = dict(Customer.Kind.choices), dict(Customer.Status.choices)


@dataclass
class Line:
    url: str
    name: str  # as this person may see it; the customer number where there is none
    left: str  # that they left, in words; "" for everybody else
    locked: bool
    mark: str  # of the tier, HTML
    number: str
    kind: str
    unit: str
    manager: str
    joined: str
    contact: str


def lines_of(customers, user, marks):
    return [_line(customer, Shown(customer, user), marks) for customer in customers]


def _line(customer, shown, marks):
    contact = customer.last_contact_at
    return Line(
        url=reverse("customer", args=[customer.pk]),
        name=shown.title,
        left="" if customer.status == Customer.Status.ACTIVE else str(STATUSES[customer.status]),
        locked=customer.locked_high_value,
        mark=marks[customer.tier],
        number=customer.number,
        kind=str(KINDS[customer.kind]),
        unit=str(customer.unit),
        manager=str(customer.manager or "–"),
        joined=customer.joined_on.isoformat() if customer.joined_on else "–",
        contact=timezone.localtime(contact).strftime("%Y-%m-%d %H:%M") if contact else "–",
    )
