"""Taking back what was done with many follow-ups at once: they are again whose and when they were."""

from datetime import datetime

from django.db import transaction

from audit.trail import record
from staff.models import User
from work import arranging, owing, pool_lines, pools
from work.models import FollowUp

HAD = ("owner_id", "for_owner_id", "unit_id", "handed_over")
TIMES = ("due_at", "late_at", "escalate_at", "own_due_at")


def before(follow_up: FollowUp) -> dict:
    """Whose it is."""
    return {name: getattr(follow_up, name) for name in HAD}


def times_before(follow_up: FollowUp) -> dict:
    """When it and each part of the call falls due."""
    rows = [follow_up, *follow_up.parts.open()]
    times = {str(one.pk): {name: _written(getattr(one, name)) for name in TIMES} for one in rows}
    return {"times": times, "moved_times": follow_up.moved_times}


def _written(at):
    """To the microsecond, which JSON would let go."""
    return at and at.isoformat()


@transaction.atomic
def owner(follow_up: FollowUp, by: User, was: dict):
    """Back to whoever had it, or to the people of its unit. ValidationError where that one cannot have it any more."""
    arranging.lock_open(follow_up)
    if was["owner_id"]:
        person = User.objects.get(pk=was["owner_id"])
        follow_up.refuse_own_work(person)
        owing.refuse_owner(person, follow_up.branch_id)
        owing.refuse_absent(person)
    lost, pool = follow_up.owner_id, follow_up.unit_id
    follow_up.keep(**was)
    record(follow_up, "follow_up.handed_over", by=by, before=lost, owner=was["owner_id"], undone=True)
    if lost is None:
        pool_lines.clear([pool])
    if was["owner_id"] is None:
        pools.came_back([follow_up.pk])


@transaction.atomic
def times(follow_up: FollowUp, by: User, was: dict):
    """The times as they were; what was due then falls due again at once."""
    arranging.lock_to_do(follow_up)
    for one in [follow_up, *follow_up.parts.open().order_by("pk")]:
        if kept := was["times"].get(str(one.pk)):
            one.keep(**{name: value and datetime.fromisoformat(value) for name, value in kept.items()})
    follow_up.keep(moved_times=was["moved_times"])
    record(follow_up, "follow_up.rescheduled", by=by, to=follow_up.due_at, undone=True)
