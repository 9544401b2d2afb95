"""Shifts that nobody counted on their day: they stay open, and those who look after the till hear of it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing.counter import approvers
from billing.models import Shift
from work import notices

BATCH = 50


@transaction.atomic
def tell(after: int, at: datetime) -> list[int]:
    """Tell the clerk and the approvers of a batch of them, each shift once; the ids, from the one `after` on."""
    rows = Shift.objects.left_open(at).filter(pk__gt=after).select_related("unit", "clerk__branch").order_by("pk")
    shifts = list(rows[:BATCH])
    for shift in shifts:
        about = {"clerk": str(shift.clerk), "day": timezone.localdate(shift.opened_at)}
        told = [shift.clerk, *approvers.at(shift.unit, but=[shift.clerk_id])]
        notices.ring_many(told, "shift.left_open", key=f"shift.left_open:{shift.pk}", subject=shift, **about)
    return [shift.pk for shift in shifts]
