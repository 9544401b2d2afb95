"""What was done at once is kept for a month: until then it can be undone, and what became of each row be looked up."""

from datetime import datetime

from django.db.models import Q

from jobs.models import Bulk, BulkRow, Run
from jobs.models.bulk import KEPT

BATCH = 2000
RUNS = ("check_run", "run", "undo_run")


def clear(now: datetime) -> tuple[int, int]:
    """(rows, whole ones) of the one asked for longest ago that were removed: a batch of its rows, with the last of
    them itself. Those of an open run stay. What was asked for and done stays in the audit events.
    """
    goes_on = Q(*[Q(**{f"{name}__state__in": Run.OPEN}) for name in RUNS], _connector=Q.OR)
    old = Bulk.objects.filter(asked_at__lt=now - KEPT).exclude(pk__in=Bulk.objects.filter(goes_on).values("pk"))
    bulk = old.select_for_update(of=["self"], skip_locked=True).order_by("pk").first()
    if bulk is None:
        return 0, 0
    keys = bulk.rows.order_by("pk").values_list("pk", flat=True)[:BATCH]
    removed, _by_model = BulkRow.objects.filter(pk__in=list(keys)).delete()
    if removed == BATCH:
        return removed, 0
    bulk.delete()
    return removed, 1
