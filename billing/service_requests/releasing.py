"""Numbers that were kept long enough are free again (domain 2.1 no. 9)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from billing.dunning.days import DayIn, day_in
from billing.models import FrozenNumber, ServiceRequest
from customers import numbers
from customers.models import Customer

BATCH = 50


@transaction.atomic
def release_some(at: datetime) -> int:
    """Free a batch of them; how many there were. One that its owner has just asked back is left."""
    rows = due(at).order_by("account__customer", "pk")
    found = list(rows.values_list("account__customer", "pk")[:BATCH])
    customers = Customer.objects.filter(pk__in={owner for owner, _pk in found}).order_by("pk")
    customers = {one.pk: one for one in customers.select_for_update(of=("self",))}
    held = _hold([pk for _owner, pk in found])
    for one in due(at).filter(pk__in=held).select_related("account", "branch", "line").order_by("pk"):
        _release(one, customers[one.account.customer_id], at)
    return len(found)


def _hold(ids):
    """Lock them. Whether somebody asked one back while we waited is seen only by a statement of its own afterwards."""
    rows = FrozenNumber.objects.kept().filter(pk__in=ids).order_by("pk")
    return list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def due(at: datetime):
    """Those whose last day is over in their branch, and which nobody asks back at this moment."""
    back = ServiceRequest.objects.unanswered().filter(line=OuterRef("line"), action=ServiceRequest.Action.RECLAIM)
    return FrozenNumber.objects.kept().filter(~Exists(back), until__lt=DayIn(at))


def _release(kept, customer, at):
    FrozenNumber.objects.filter(pk=kept.pk).update(released_at=at)
    held = customer.identifiers.filter(kind="service", value=numbers.normalise(kept.number), valid_to=None).first()
    still = customer.lines.exclude(pk=kept.line_id).filter(number=kept.number).exclude(status="off_net")
    if held and not still.exists():
        customer.end_number(held, by=None, on=day_in(kept.branch, at))
