"""A complaint that nobody touches rings, and so does a task that is late (B15, D16)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from audit.trail import record
from complaints import telling
from complaints.models import Complaint, SubTask
from complaints.models.rules import ComplaintRules
from complaints.models.states import State
from staff.unit_calendar import calendar_of

BATCH = 200
QUIET = (State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS, State.REOPENED)  # who waits is not silent


@transaction.atomic
def look(after: int, at: datetime) -> tuple[int, int]:
    """Ring of those untouched for so many working hours, each silence once: a batch of those behind the key `after`.

    (the last key looked at, 0 when that was all; how many rang).
    """
    unsaid = Q(silent_at=None) | Q(silent_at__lt=F("touched_at"))
    rows = Complaint.objects.filter(unsaid, pk__gt=after, state__in=QUIET, touched_at__lt=at - timedelta(hours=1))
    rows = rows.select_related("unit", "owner", "branch").order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
    silent = [one for one in found if _is_silent(one, at)]
    for one in silent:
        _ring(one, at)
    Complaint.objects.filter(pk__in=[one.pk for one in silent]).update(silent_at=at)
    return found[-1].pk if len(found) == BATCH else 0, len(silent)


def _is_silent(one, at):
    allowed = timedelta(hours=ComplaintRules.of(one.branch_id).untouched_hours)
    return at - one.touched_at >= allowed and calendar_of(one.unit).elapsed(one.touched_at, at) >= allowed


def _ring(one, at):
    record(one, "complaint.untouched", by=None, customer=one.customer_id, since=one.touched_at)
    people = {person.pk: person for person in (one.owner, *telling.leaders(one))}
    telling.ring(people.values(), "untouched", one, key=f"{one.touched_at:%Y%m%d%H%M%S}", at=at, urgent=False)


@transaction.atomic
def ring_late_tasks(at: datetime) -> int:
    """A department's task that is late rings once, at who has the complaint and at who coordinates it; a batch."""
    late = SubTask.objects.open().filter(due_at__lte=at, late_told_at=None).order_by("due_at")
    late = late.select_related("unit", "complaint__owner", "complaint__coordinator", "taken_by")
    tasks = list(late.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    SubTask.objects.filter(pk__in=[task.pk for task in tasks]).update(late_told_at=at)
    for task in tasks:
        one = task.complaint
        people = {person.pk: person for person in (one.owner, one.coordinator, task.taken_by) if person}
        telling.ring(people.values(), "task_late", one, key=task.pk, at=at, unit=task.unit.name)
    return len(tasks)
