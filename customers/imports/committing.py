"""Bringing in what the check found good: a range of rows, classed anew under locks, written in one transaction."""

from django.db import connection
from django.utils import timezone
from structlog.contextvars import get_contextvars

from audit.trail import record
from customers.models import Import, ImportRow, Tier

from . import apply, ranges, recipes
from .classify import classify
from .drafts import LINE, ROW
from .intake import header_of

GOOD = ("create", "update", "unchanged")
STAGE = f"""
    INSERT INTO staged ({", ".join(ROW)}) SELECT {", ".join(ROW)} FROM customers_importrow
    WHERE batch_id = %(batch)s AND n BETWEEN %(first)s AND %(last)s AND NOT brought_in
      AND outcome IN ('create', 'update', 'unchanged')
"""  # noqa: S608  names of our own columns
STAGE_LINES = f"""
    INSERT INTO staged_line ({", ".join(LINE)}) SELECT {", ".join(LINE)} FROM customers_importline
    WHERE batch_id = %(batch)s AND n IN (SELECT n FROM staged)
"""  # noqa: S608
TRIES = 3


def step(run):
    """Bring in the next range of rows; whether more remain."""
    batch = ranges.batch_of(run, "commits")
    if batch is None:
        return False
    if not run.cursor:
        _start(run, batch)
    first = run.cursor["n"]
    numbers = list(_waiting(batch).filter(n__gte=first).order_by("n").values_list("n", flat=True)[: ranges.size(run)])
    if numbers:
        ranges.add_counts(run, _bring_in(batch, numbers[0], numbers[-1]))
        run.cursor["n"] = numbers[-1] + 1
        run.done += len(numbers)
    if len(numbers) == ranges.size(run):
        return True
    _finish(run, batch)
    return False


def _waiting(batch):
    return ImportRow.objects.filter(batch=batch, brought_in=False, outcome__in=GOOD)


def _start(run, batch):
    run.total = _waiting(batch).count()
    run.cursor = {"n": 1}
    recipes.plant_plans(recipes.mapping_of(batch, header_of(batch)), batch.branch)


def _bring_in(batch, first, last):
    """Returns {outcome: rows} of the range."""
    values = _values(batch, first)
    ranges.begin(batch)
    with connection.cursor() as cursor:
        cursor.execute(STAGE, values | {"last": last})
        cursor.execute(STAGE_LINES, values)
        for _ in range(TRIES):
            classify(cursor, values)
            if not apply.make_customers(cursor, values):
                return apply.write(cursor, values)
    raise apply.LostRace("customers with these numbers keep appearing and vanishing")


def _values(batch, first):
    return ranges.values(batch, first=first, checking=False) | {
        "unit": batch.unit_id,
        "tier": Tier.lowest_of(batch.branch).pk,
        "day": recipes.day_of(batch),
        "today": timezone.localdate(),
        "by": batch.by_id,
        "file": batch.file_name,
        "request": str(get_contextvars().get("request_id", ""))[:64],
    }


def _finish(run, batch):
    batch.state = Import.State.DONE
    batch.counts |= ImportRow.tally(batch)
    batch.save(update_fields=["state", "counts"])
    record(batch, "import.done", by=batch.by, **run.counts)
