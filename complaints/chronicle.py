"""What happened to one complaint, newest first: moves, notes, messages, tasks and money in one stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from complaints.gathered import Belonging
from complaints.models import Complaint
from complaints.models.states import Level
from customers.masking import Shown
from outreach.models import Message

TONES = {"tried": "warn", "spoke": "ok", "told": "ok", "heard": "info", "note": "plain"}


@dataclass(frozen=True)
class Step:
    at: datetime
    who: object  # a person, or None: the product
    words: str
    text: str = ""
    tone: str = "plain"


def of(complaint: Complaint, shown: Shown, belonging: Belonging | None = None) -> list[Step]:
    """Texts as the person may see them. Five queries at most; what is in `belonging` already is not asked for again."""
    found = belonging or Belonging(complaint)
    steps = [*_moves(complaint, shown), *_notes(found, shown), *_messages(complaint, shown)]
    steps += [*_tasks(found, shown), *_money(found, shown)]
    return sorted(reversed(steps), key=lambda step: step.at, reverse=True)


def _moves(complaint, shown) -> Iterator[Step]:
    before = None
    for row in complaint.changes.select_related("owner", "by").order_by("n"):
        yield Step(row.at, row.by, _words(row, before), _reason(row, before, shown), "info")
        before = row


def _reason(row, before, shown):
    """Of a step that raised the level by itself, in words: the log keeps its name."""
    climbed = before and row.by is None and row.was == row.then and row.level > before.level
    return _("Raised because a clock ran out") if climbed else shown.text(row.reason)


def _words(row, before):
    """The state where it changed, and who has it and how it is weighed where that did."""
    said = [] if before and row.was == row.then else [row.get_then_display()]
    if before and row.level != before.level:
        said.append(_("Level: %(level)s") % {"level": Level(row.level).label})
    if before is None or row.owner_id != before.owner_id:
        said.append(_("Owner: %(person)s") % {"person": row.owner})
    return " · ".join(str(one) for one in said) or row.get_then_display()


def _notes(found, shown):
    for note in found.notes:
        way = f" · {note.get_way_display()}" if note.way else ""
        yield Step(note.at, note.by, f"{note.get_kind_display()}{way}", shown.text(note.text), TONES[note.kind])


def _messages(complaint, shown):
    rows = Message.objects.filter(about_type=complaint._meta.label_lower, about_id=complaint.pk).select_related("by")
    for message in rows:
        words = f"{message.get_channel_display()} · {message.get_state_display()}"
        yield Step(message.created_at, message.by, words, shown.text(message.text))


def _tasks(found, shown):
    for task in found.tasks:
        told = {"unit": task.unit}
        yield Step(task.made_at, task.made_by, _("Task for %(unit)s") % told, shown.text(task.what))
        if task.taken_at:
            yield Step(task.taken_at, task.taken_by, _("%(unit)s accepted its task") % told)
        if task.ended_at:
            told["state"] = task.get_state_display()
            yield Step(task.ended_at, task.ended_by, _("Task of %(unit)s: %(state)s") % told, shown.text(task.result))


def _money(found, shown):
    for one in found.money:
        told = {"amount": one.amount}
        yield Step(one.asked_at, one.asked_by, _("Asked to give back ¥%(amount)s") % told, shown.text(one.reason))
        if one.decided_at:
            told["state"] = one.get_state_display()
            words = _("¥%(amount)s: %(state)s") % told
            yield Step(one.decided_at, one.decided_by, words, shown.text(one.refused_for))
