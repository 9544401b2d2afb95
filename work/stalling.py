"""Every matter is followed to its end (C20): one on which nothing is noted for days alarms, once for each silence."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now

from audit.trail import record
from work import ringing
from work.models import FollowUp, FollowUpRules
from work.models.states import State

BATCH = 200
UNDER_WAY = [State.DUE, State.IN_PROGRESS, State.REMEDY_OPEN, State.RECHECK]
USUAL_DAYS = FollowUpRules._meta.get_field("stall_days").default


def silent():
    """Under way, with neither a note nor a try for as many days as the branch allows, and not said yet."""
    days = Subquery(FollowUpRules.objects.filter(branch=OuterRef("branch")).values("stall_days")[:1])
    rows = FollowUp.objects.filter(state__in=UNDER_WAY, stalled_at=None, merged_into=None)
    rows = rows.filter(noted_at__lt=Now() - timedelta(days=1), due_at__lt=Now() - timedelta(days=1))
    allowed = Coalesce(days, USUAL_DAYS) * timedelta(days=1)
    return rows.alias(allowed=allowed).filter(noted_at__lt=Now() - F("allowed"), due_at__lt=Now() - F("allowed"))


@transaction.atomic
def alarm() -> int:
    """A batch of them, to the owner and to whoever leads the unit."""
    rows = list(silent().select_for_update(of=("self",), skip_locked=True).order_by("noted_at")[:BATCH])
    FollowUp.objects.filter(pk__in=[one.pk for one in rows]).update(stalled_at=Now())
    for one in rows:
        record(one, "follow_up.stalled", by=None, owner=one.owner_id, since=one.noted_at)
    ringing.stalled(rows)
    return len(rows)
