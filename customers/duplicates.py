"""Customers a new one may be the same as."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import numbers
from customers.models import Customer, Identifier

MOST = 5
SAME = {
    Identifier.Kind.ID_DOCUMENT: _("Same ID document"),
    Identifier.Kind.CUSTOMER: _("Same customer number"),
    Identifier.Kind.CONTACT: _("Same phone number"),
    Identifier.Kind.SERVICE: _("Same phone number"),
}


@dataclass(frozen=True)
class Likeness:
    customer: Customer
    why: str


def like(user, *, number="", phone="", document="") -> list[Likeness]:
    """Customers within the person's reach that hold one of these numbers now, the surest likeness first."""
    asked = Q(pk__in=[])
    if document.strip():
        asked |= Q(kind="id_document", value=numbers.document_hash(document))
    if number := numbers.normalise(number):
        asked |= Q(kind="customer", value=number)
    if phone := numbers.normalise(phone):
        asked |= Q(kind__in=("contact", "service"), value=phone)
    rows = Identifier.objects.filter(asked, valid_to=None, customer__in=Customer.objects.visible_to(user))
    found = {}
    for held in rows.select_related("customer__tier").order_by("customer_id")[: MOST * 4]:
        found.setdefault(held.customer_id, []).append(held)
    order = list(SAME)
    firsts = [min(held, key=lambda one: order.index(one.kind)) for held in found.values()]
    firsts.sort(key=lambda one: order.index(one.kind))
    return [Likeness(held.customer, SAME[held.kind]) for held in firsts[:MOST]]
