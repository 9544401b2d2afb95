"""What went wrong is put right, and the customer is asked once more (A22)."""

from datetime import timedelta

from work import owing
from work.models.states import Kind, Origin, Priority, State

REMEDY_WITHIN = ASKED_AGAIN_AFTER = timedelta(days=1)


def begin(one, *, by, at):
    """A negative answer makes a remedy with an owner and a time; it serves what the call served."""
    one.move_to(State.REMEDY_OPEN, by=by)
    owing.owe(
        one.customer,
        Kind.REMEDY,
        one.what,
        key=f"remedy:{one.pk}:{one.round}",
        due_at=at,
        late_at=at + REMEDY_WITHIN,
        by=by,
        owner=one.owner,
        unit=one.unit,
        remedies=one,
        about_type=one.about_type,
        about_id=one.about_id,
        origin=Origin.RULE,
        priority=Priority.HIGH,
    )


def ended(remedy, *, by, at):
    """However it ended, done, given up or cancelled: once no remedy is left, what waits for it is asked about again."""
    if not remedy.remedies_id:
        return
    one = remedy.remedies
    one.lock()
    if one.state == State.REMEDY_OPEN and not one.remedies_made.open().exists():
        one.move_to(State.REMEDY_DONE, by=by)
        due = at + ASKED_AGAIN_AFTER
        one.keep(due_at=due, late_at=due, escalate_at=due, round=one.round + 1, noted_at=at, stalled_at=None)
