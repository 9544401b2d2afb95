"""Parts of a complaint that departments do (D16): asked, accepted, done or returned; then the complaint goes on.

The complaint is held before its tasks; a task of a merged complaint goes on where it was asked.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import owners, telling
from complaints.guards import in_hand, open_tasks, said
from complaints.models import Clock, Complaint, SubTask
from complaints.models.states import State
from complaints.models.work import DO_TASK
from complaints.moving import Outdated, hold, keep, move
from staff.models import Posting, Unit, User
from staff.rights import RIGHTS

LASTS = (Clock.Kind.RESULT, Clock.Kind.LEGAL)


@transaction.atomic
def ask(
    complaint: Complaint, unit: Unit, *, by: User, what: str, due_at: datetime, key: str,
    coordinator: User | None = None, at: datetime | None = None, edition: int | None = None,
) -> SubTask:  # fmt: skip
    """Ask a department for its part; from the second department on somebody named coordinates. The same key is one.

    `due_at`: no later than the complaint's own result. ValidationError by field.
    """
    at, one = at or timezone.now(), hold([complaint.pk])[complaint.pk]
    if made := SubTask.objects.filter(complaint=one, key=key).first():
        return made
    _check(one, unit, by, edition)
    named = _coordinator(one, unit, coordinator)
    due_at = _due(one, due_at, at)
    what = said("what", what, _("Say what is to be done."))[:500]
    made = SubTask.objects.create(complaint=one, unit=unit, key=key, what=what, due_at=due_at, made_by=by, made_at=at)
    record(made, "sub_task.asked", by=by, unit=unit, due_at=due_at)
    _wait(one, named, by, at)
    telling.ring(at_work(unit), "task_made", one, key=made.pk, at=at, urgent=False, unit=unit.name)
    return made


def at_work(unit: Unit) -> list[User]:
    """Who does tasks at this very unit, or leads the nearest above where nobody does."""
    posted = Posting.objects.on(unit.today()).filter(unit=unit, role__in=RIGHTS[DO_TASK], user__is_active=True)
    people = list(User.objects.filter(pk__in=posted.values("user")).order_by("pk"))
    found = people or [owners.leader(unit)]
    return [one for one in found if one]


@transaction.atomic
def accept(task: SubTask, *, by: User, at: datetime | None = None) -> SubTask:
    """The department begins; whoever accepts it answers for it."""
    at = at or timezone.now()
    one = _held(task, by)
    if task.state == SubTask.State.ACCEPTED and task.taken_by_id == by.pk:
        return task
    _keep(task, SubTask.State.ACCEPTED, by, taken_by=by, taken_at=at)
    keep(one, at)
    return task


@transaction.atomic
def finish(task: SubTask, *, by: User, result: str, at: datetime | None = None) -> SubTask:
    """Done, with what came of it."""
    return _end(task, SubTask.State.DONE, by, at, said("result", result, _("Say what came of it.")))


@transaction.atomic
def give_back(task: SubTask, *, by: User, reason: str, at: datetime | None = None) -> SubTask:
    """Returned: it is not the department's, or cannot be done, and says why."""
    return _end(task, SubTask.State.RETURNED, by, at, said("result", reason, _("Say why it is returned.")))


@transaction.atomic
def cancel(task: SubTask, *, by: User, at: datetime | None = None) -> SubTask:
    """Whoever handles the complaint needs it no more."""
    return _end(task, SubTask.State.CANCELLED, by, at, "")


def cancel_all(one: Complaint, *, by: User | None, at: datetime):
    """Nothing of a complaint that is held, and is left, is to be done any more."""
    for task in SubTask.objects.open().filter(complaint=one).order_by("pk"):
        _keep(task, SubTask.State.CANCELLED, by, ended_at=at, ended_by=by)


def _check(one, unit, by, edition):
    if edition is not None and one.edition != edition:
        raise Outdated
    in_hand(one, by)
    if one.state not in (State.IN_PROGRESS, State.WAITING_DEPARTMENT):
        raise ValidationError(one._refusal(State.WAITING_DEPARTMENT), code="move")
    if unit.home_id != one.branch_id:
        raise ValidationError({"unit": _("Choose a department of this branch.")}, code="unit")


def _coordinator(one, unit, named):
    """Who coordinates: from two departments on somebody has to be named (D16)."""
    if named:
        owners.check(one, named)
        return named
    others = open_tasks(one).exclude(unit=unit)
    if one.coordinator_id is None and others.exists():
        refusal = _("A second department helps: name who coordinates them.")
        raise ValidationError({"coordinator": refusal}, code="coordinator")
    return one.coordinator


def latest_due(complaint: Complaint, at: datetime) -> datetime | None:
    """By when a department has to be done: as long as the complaint's own result has; None where that is over."""
    ends = complaint.clocks.filter(kind__in=LASTS, met_at=None, stopped_at=None, due_at__gt=at)
    return ends.order_by("due_at").values_list("due_at", flat=True).first()


def _due(one, due_at, at):
    """The task's time, within the complaint's own as long as that is not over."""
    last = latest_due(one, at)
    if due_at <= at:
        raise ValidationError({"due_at": _("This moment is over.")}, code="due")
    if last and due_at > last:
        raise ValidationError({"due_at": _("The complaint itself is due before that.")}, code="due")
    return due_at


def _wait(one, coordinator, by, at):
    fresh = coordinator and coordinator.pk != one.coordinator_id
    named = {"coordinator": coordinator}
    if one.state == State.IN_PROGRESS:
        move(one, State.WAITING_DEPARTMENT, by=by, at=at, **named)
    else:
        keep(one, at, **named)
    if fresh:
        record(one, "complaint.coordinator", by=by, customer=one.customer_id, coordinator=coordinator)
        telling.ring([coordinator], "coordinates", one, key=one.edition, at=at)


def _held(task, by):
    """The task read afresh within its complaint, which is held with the one it is merged into."""
    ids = Complaint.objects.filter(pk=task.complaint_id).values_list("pk", "merged_into")
    found = hold({pk for pair in ids for pk in pair if pk})
    task.refresh_from_db()
    owners.stays_out(found[task.complaint_id], by)
    task.complaint = found[task.complaint_id]
    return task.complaint


def _end(task, state, by, at, result):
    at, one = at or timezone.now(), _held(task, by)
    if task.state == state and task.ended_by_id == by.pk:
        return task
    _keep(task, state, by, ended_at=at, ended_by=by, result=result[:1000])
    keep(one, at)
    _go_on(one, task, by, at)
    return task


def _keep(task, state, by, **fields):
    """A move of the task, with what goes with it; its complaint is held."""
    if state not in SubTask.MOVES[task.state]:
        raise ValidationError(task._refusal(state), code="move")
    was, task.state = task.state, state
    for name, value in fields.items():
        setattr(task, name, value)
    task.save(update_fields=["state", *fields])
    record(task, "sub_task.moved", by=by, **{"from": was, "to": state})


def _go_on(one, task, by, at):
    """With the last task the complaint goes on; whoever has it hears of each."""
    told = {"key": task.pk, "at": at, "urgent": False}
    telling.ring(_care(one, by), "task_ended", one, unit=task.unit.name, **told)
    waiting = Complaint.objects.filter(pk__in=[one.pk, one.merged_into_id or 0], state=State.WAITING_DEPARTMENT)
    for parent in hold(waiting.values_list("pk", flat=True)).values():
        if not open_tasks(parent).exists():
            move(parent, State.IN_PROGRESS, by=None, at=at)
            telling.ring(_care(parent, by), "tasks_done", parent, key=parent.edition, at=at, urgent=False)


def _care(one, by):
    people = {person.pk: person for person in (one.owner, one.coordinator) if person}
    return [person for pk, person in people.items() if by is None or pk != by.pk]
