"""What nears its time or is late goes up the ladder: each step once, for complaint, clock and step (4.1, 2.1 no. 1).

A batch is looked at in one transaction, by the index on `Clock.look_at`; what another sweep or a person holds at this
moment is left for the next time. A step raises the level and never lowers it. What came due while nobody looked is
climbed at once, in its order, and of warnings only the last is told.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from audit.trail import record_each
from complaints import moving
from complaints.clocks import shipped
from complaints.clocks.books import Books, due_steps, look_at
from complaints.clocks.flagging import raise_flag
from complaints.clocks.ringing import tell
from complaints.models import Clock, Complaint, Escalated
from complaints.models.states import Level
from jobs import clock as database

BATCH = 200
# Asked every minute, mostly in vain.
DUE = "SELECT complaint_id FROM complaints_clock WHERE look_at <= %s ORDER BY look_at LIMIT %s"


@dataclass
class Climbed:
    """One step of one clock; `step` says who hears of it. `to`: the people who heard."""

    complaint: Complaint
    clock: Clock
    name: str
    step: shipped.Step
    told: bool
    due_at: datetime
    raised_to: int | None = None
    to: tuple = ()


def climb(at: datetime | None = None) -> int:
    """Look at a batch of the clocks whose time has come; how many complaints it was."""
    with transaction.atomic():
        at = at or database.now()
        held = _held(at)
        if not held:
            return 0
        books = Books(held)
        found = [one for complaint in held for one in _found(complaint, books, at)]
        _raise(found, at)
        tell(found, at)
        _keep(found, at)
        _look_again(held, books, found)
        return len(held)


def _held(at):
    """The complaints of the clocks that are due longest and that nobody else holds, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [at, BATCH])
        keys = {key for (key,) in cursor.fetchall()}
    if not keys:
        return []
    rows = Complaint.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    related = ("branch", "owner__branch", "unit", "version")
    return list(rows.select_related(*related).filter(pk__in=keys).order_by("pk"))


def _found(complaint, books, at):
    """The steps that are due now, in order."""
    for told in books.told(complaint):
        clock = books.clocks[complaint.pk].get((told.kind, told.round))
        names = due_steps(told, books.climbed[complaint.pk], at) if clock else []
        for name in names:
            step = _step(name, told, books.version(complaint, told.round))
            last = name == names[-1]
            yield Climbed(complaint, clock, name, step, last or bool(step.roles), told.due_at)


def _step(name, told, version):
    """Warnings are for the owner."""
    if told.kind == Clock.Kind.LEGAL:
        return shipped.LAW[name]
    if not name.startswith("step "):
        return shipped.WARNING
    steps = version.steps.all() if version else shipped.LADDER
    return next(step for step in steps if name == f"step {step.n}")


def _raise(found, at):
    """One level up for each step that says so, up to the highest; the flag for whatever goes above the owner."""
    raised = []
    for one in found:
        if one.step.raises and one.complaint.level < Level.MAJOR:
            one.raised_to = one.complaint.level = one.complaint.level + 1
            one.complaint.edition += 1  # as it is held
            raised.append(one)
    Complaint.objects.bulk_update({one.complaint.pk: one.complaint for one in raised}.values(), ["level", "edition"])
    moving.log_all([(one.complaint, one.complaint.state, one.raised_to, one.name) for one in raised], by=None, at=at)
    raise_flag({one.complaint.pk: one.complaint for one in found if one.step.roles}.values(), at)


def _keep(found, at):
    """The rows, who heard, and an event for whatever went above the owner."""
    rows = [
        Escalated(complaint=one.complaint, clock=one.clock, step=one.name, at=at, raised_to=one.raised_to)
        for one in found
    ]
    Escalated.objects.bulk_create(rows)
    heard = Escalated.to.through
    heard.objects.bulk_create(
        heard(escalated=row, user=person) for row, one in zip(rows, found, strict=True) for person in one.to
    )
    above = [(one.complaint, one.complaint.customer_id, _said(one)) for one in found if one.step.roles]
    record_each(above, "complaint.escalated", by=None)


def _said(one):
    said = {"clock": one.clock.kind, "step": one.name, "to": [person.pk for person in one.to]}
    return said | ({"level": one.raised_to} if one.raised_to else {})


def _look_again(held, books, found):
    """When each of their clocks is looked at next."""
    for one in found:
        books.climbed[one.complaint.pk].add((one.clock.kind, one.clock.round, one.name))
    changed = []
    for complaint in held:
        for told in books.told(complaint):
            clock = books.clocks[complaint.pk].get((told.kind, told.round))
            if clock and clock.look_at != (then := look_at(told, books.climbed[complaint.pk])):
                clock.look_at = then
                changed.append(clock)
    Clock.objects.bulk_update(changed, ["look_at"])
