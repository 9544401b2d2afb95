"""One range of rows, one transaction: what the check and the commit have in common."""

from audit.trail import request_id
from customers.models import Import
from staff.scope import scope_of

from .subjects import subject

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


def begin(cursor, batch):
    """An empty stage in a transaction of its own turn among the branch's imports."""
    cursor.execute(ONE_AT_A_TIME, [batch.branch_id % 2**31])
    subject(batch.subject).begin(cursor)


def reach_of(person, branch_id, right):
    """Ids of the units whose customers the person may touch with a right; None for the whole branch."""
    scope = scope_of(person, right)
    return None if branch_id in scope.branches else list(scope.units)


def values(batch, *, first, checking):
    """What every statement may name. `first`: the range's first row; `checking`: look for repeats in the file."""
    return {
        "batch": batch.pk,
        "branch": batch.branch_id,
        "first": first,
        "checking": checking,
        "reach": reach_of(batch.by, batch.branch_id, subject(batch.subject).right),
        "by": batch.by_id,
        "file": batch.file_name,
        "request": request_id(),
    }


def add_counts(run, tally):
    for outcome, rows in tally.items():
        run.counts[outcome] = run.counts.get(outcome, 0) + rows
