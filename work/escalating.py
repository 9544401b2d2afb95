"""What stays late goes up the ladder: owner, leader, department; each step once, and in working time (domain 4.10)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from audit.trail import record
from jobs import clock
from staff.calendar import NeverOpenError
from staff.rights import Role
from staff.unit_calendar import calendar_of
from work import ringing
from work.leaders import nearest_for
from work.models import Escalation, EscalationStep, FollowUp
from work.models.states import TO_DO, Priority

BATCH = 200
ONE_AT_A_TIME = 7_850_3001  # advisory lock


@dataclass(frozen=True)
class Step:
    """`after`: working minutes past `late_at`; `roles`: whose nearest holder hears of it."""

    n: int
    after: int
    roles: list
    rings: bool


USUAL = [
    Step(1, 30, [Role.DUTY_MANAGER, Role.COMMUNITY_LEADER, Role.DEPARTMENT_HEAD, Role.BRANCH_HEAD], rings=True),
    Step(2, 240, [Role.DEPARTMENT_HEAD, Role.BRANCH_HEAD], rings=False),
    Step(3, 960, [Role.BRANCH_HEAD], rings=False),
]


def ladder_of(branch_id):
    """The steps of the branch, or the usual ones."""
    rows = EscalationStep.objects.filter(branch=branch_id)
    return [Step(one.n, one.after, one.roles, one.rings) for one in rows] or USUAL


@transaction.atomic
def climb(at=None) -> int:
    """Look at a batch of what somebody has to look at now; how many there were.

    `escalate_at` only says when to look: whether a step is due is worked out by the calendar of this moment.
    """
    with connection.cursor() as cursor:  # one at a time: what a leader has just heard of counts for the next
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    at = at or clock.now()
    late = FollowUp.objects.filter(state__in=TO_DO, merged_into=None, escalate_at__lte=at)
    late = late.select_for_update(of=("self",), skip_locked=True).select_related("unit", "owner", "customer")
    rows = list(late.order_by("escalate_at")[:BATCH])
    for one in rows:
        FollowUp.objects.filter(pk=one.pk).update(level=_climb(one, at), escalate_at=_look_again(one, at))
    return len(rows)


def _next_step(one):
    return next((step for step in ladder_of(one.branch_id) if step.n > one.level), None)


def _due(one, step):
    """By working time; where none is to come, by the clock."""
    try:
        return calendar_of(one.unit).add(one.late_at, step.after)
    except NeverOpenError:
        return one.late_at + timedelta(minutes=step.after)


def _climb(one, at):
    """The level it is on now; outside of working time only what is urgent climbs."""
    step = _next_step(one)
    if step is None or _due(one, step) > at or not (_open(one, at) or one.priority == Priority.URGENT):
        return one.level
    to = nearest_for(one, step.roles)
    _, is_new = Escalation.objects.get_or_create(follow_up=one, step=step.n, defaults={"at": at, "to": to})
    one.level = step.n
    if is_new:
        record(one, "follow_up.escalated", by=None, step=step.n, to=to)
        if to:
            ringing.escalated(one, to, step, at)
    return one.level


def _open(one, at):
    return _opens(one, at) == at


def _opens(one, at):
    """When its unit works next, which is now where it never does: what is late there is heard of all the same."""
    try:
        return calendar_of(one.unit).next_open(at)
    except NeverOpenError:
        return at


def _look_again(one, at):
    """When the next step is due, or when the unit opens; None at the top."""
    step = _next_step(one)
    if step is None:
        return None
    due = _due(one, step)
    return due if due > at else _opens(one, at)
