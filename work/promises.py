"""Promises kept and broken (A30): a promise is told with a time, and is broken when that time has passed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from staff.models import Unit, User
from work import ringing
from work.models import FollowUp
from work.models.states import OPEN, Kind, State

BATCH = 500
STILL_OWED = sorted({*OPEN, State.UNREACHABLE})
BREAK = """
    WITH past AS (
        SELECT id FROM work_followup
        WHERE kind = 'promise' AND kept_at IS NULL AND broken_at IS NULL AND late_at < statement_timestamp()
            AND state = ANY(%(owed)s)
        ORDER BY late_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ), broken AS (
        UPDATE work_followup f SET broken_at = f.late_at FROM past WHERE f.id = past.id RETURNING f.*
    ), told AS (
        INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
        SELECT 'follow_up.broken', 'work.followup', id, customer_id, branch_id, '',
            jsonb_build_object('owner', owner_id)
        FROM broken
    )
    SELECT id FROM broken
"""


@transaction.atomic
def break_late() -> int:
    """A batch of promises whose time has passed: said once, and never taken back."""
    with connection.cursor() as cursor:
        cursor.execute(BREAK, {"owed": STILL_OWED, "batch": BATCH})
        keys = [key for (key,) in cursor.fetchall()]
    ringing.broke(FollowUp.objects.filter(pk__in=keys, owner__isnull=False))
    return len(keys)


@dataclass(frozen=True)
class Rate:
    """Of one person, unit or all: promises kept and broken, and the share of those kept (None: none to judge by)."""

    of: object
    kept: int
    broken: int
    handed_over: int

    @property
    def percent(self) -> float | None:
        judged = self.kept + self.broken
        return round(100 * self.kept / judged, 1) if judged else None


def judged(user, since, until):
    """Promises the person may see whose time lay from the day `since` up to and with the day `until`."""
    first, after = (timezone.make_aware(datetime.combine(day, time.min)) for day in (since, until + timedelta(days=1)))
    rows = FollowUp.objects.visible_to(user).filter(kind=Kind.PROMISE, late_at__gte=first, late_at__lt=after)
    return rows.filter(Q(kept_at__isnull=False) | Q(broken_at__isnull=False))


def rates(rows) -> dict[str, list[Rate]]:
    """{"people", "units"}: the rate of each, worst first. Who was away is judged by what they promised themselves."""
    return {
        "people": _by(rows.annotate(whose=Coalesce(F("for_owner"), F("owner"))).exclude(whose=None), User),
        "units": _by(rows.annotate(whose=F("unit")), Unit),
    }


def _by(rows, model):
    counted = rows.values("whose").annotate(**COUNTS).order_by("whose")
    names = model.objects.in_bulk([row["whose"] for row in counted])
    found = [Rate(names[row.pop("whose")], **row) for row in counted]
    return sorted(found, key=lambda rate: (rate.percent, -rate.broken))


COUNTS = {
    "kept": Count("pk", filter=Q(kept_at__isnull=False)),
    "broken": Count("pk", filter=Q(broken_at__isnull=False)),
    "handed_over": Count("pk", filter=Q(handed_over__gt=0)),
}


def overall(rows) -> Rate:
    return Rate(None, **rows.aggregate(**COUNTS))
