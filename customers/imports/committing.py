"""Bringing in what the check found good: a range of rows, judged anew under locks, written in one transaction."""

from django.db import connection
from django.db.models import Count, Max, Min

from audit.trail import record
from customers.models import Import, ImportRow

from . import ranges, recipes
from .intake import header_of
from .subjects import subject

GOOD = ("create", "update", "unchanged")


def step(run):
    """Bring in the next range of rows; whether more remain."""
    batch = ranges.batch_of(run, "commits")
    if batch is None:
        return False
    if not run.cursor:
        _start(run, batch)
    numbers = _waiting(batch).filter(n__gte=run.cursor["n"]).order_by("n").values("n")[: ranges.size(run)]
    found = numbers.aggregate(rows=Count("n"), first=Min("n"), last=Max("n"))
    if found["rows"]:
        ranges.add_counts(run, _bring_in(batch, found["first"], found["last"]))
        run.cursor["n"] = found["last"] + 1
        run.done += found["rows"]
    if found["rows"] == ranges.size(run):
        return True
    _finish(run, batch)
    return False


def _waiting(batch):
    return ImportRow.objects.filter(batch=batch, brought_in=False, outcome__in=GOOD)


def _start(run, batch):
    run.total = _waiting(batch).count()
    run.cursor = {"n": 1}
    subject(batch.subject).prepare(batch, recipes.mapping_of(batch, header_of(batch)))


def _bring_in(batch, first, last):
    """Returns {outcome: rows} of the range."""
    about, values = subject(batch.subject), ranges.values(batch, first=first, checking=False) | {"last": last}
    with connection.cursor() as cursor:
        ranges.begin(cursor, batch)
        about.stage_kept(cursor, values)
        return about.bring_in(cursor, batch, values)


def _finish(run, batch):
    batch.state = Import.State.DONE
    batch.counts |= ImportRow.tally(batch)
    batch.save(update_fields=["state", "counts"])
    record(batch, "import.done", by=batch.by, **run.counts)
