"""One range of rows, one transaction: what the check and the commit have in common."""

from django.db import connection

from customers.models import Import
from staff.scope import scope_of

from .classify import TABLES
from .known import RIGHT

ROWS = 5_000  # of a file in one step
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(1635021165, %s)"  # a branch's imports take turns, range by range


def size(run):
    """Rows of one step of this run."""
    return run.params.get("rows", ROWS)


def batch_of(run, turns):
    """The import of a run, locked; None when a later check or commit has taken the run's place."""
    batch = (
        Import.objects.select_for_update(of=["self"])
        .select_related("branch", "unit", "by")
        .get(pk=run.params["import"])
    )
    return batch if getattr(batch, turns) == run.params["turn"] else None


def begin(batch):
    """An empty stage in a transaction of its own turn among the branch's imports."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, [batch.branch_id % 2**31])
        cursor.execute(TABLES)


def reach_of(batch):
    """Ids of the units whose customers the importer may touch; None for the whole branch."""
    scope = scope_of(batch.by, RIGHT)
    return None if batch.branch_id in scope.branches else list(scope.units)


def values(batch, *, first, checking):
    return {
        "batch": batch.pk,
        "branch": batch.branch_id,
        "first": first,
        "checking": checking,
        "reach": reach_of(batch),
    }


def add_counts(run, tally):
    for outcome, rows in tally.items():
        run.counts[outcome] = run.counts.get(outcome, 0) + rows
