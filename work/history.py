"""What happened to one follow-up, newest first: events, tries and notes in one stream."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.models import Event
from customers.masking import Shown
from work.models import FollowUp
from work.timeline import WORDS, words_of

MORE_WORDS = {
    "follow_up.due": _("Fell due"),
    "follow_up.handed_over": _("Handed over: %(reason)s"),
    "follow_up.merged": _("Became part of another call"),
    "follow_up.by_itself": _("A call of its own again"),
    "follow_up.escalated": _("Told to the next level (step %(step)s)"),
    "follow_up.stalled": _("Nothing noted for days"),
    "follow_up.lent": _("To the deputy"),
    "follow_up.left": _("To the people of the unit: the owner cannot do it any more"),
    "follow_up.stays": _("Stays with whoever has it: the owner cannot do it any more"),
    "follow_up.given_back": _("Back from the deputy"),
}
MOST = 200


@dataclass(frozen=True)
class Step:
    at: datetime
    who: object  # a person, or None: the product
    words: str
    text: str = ""


def of(follow_up: FollowUp, shown: Shown) -> list[Step]:
    """At most MOST of its events; with each try and each note what was said about it, as the person may see it."""
    steps = [Step(note.at, note.by, str(_("Note")), shown.text(note.text)) for note in _noted(follow_up)]
    notes = {one.n: one for one in follow_up.attempts.all()}
    rows = Event.objects.filter(subject_type="work.followup", subject_id=follow_up.pk).select_related("actor")
    for event in rows.filter(verb__in=WORDS | MORE_WORDS).order_by("-pk")[:MOST]:
        tried = notes.get(event.data.get("n")) if event.verb == "follow_up.tried" else None
        steps.append(Step(event.at, event.actor, _words(event, shown), shown.text(tried.note) if tried else ""))
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _noted(follow_up):
    return follow_up.notes.select_related("by")


def _words(event, shown):
    if event.verb in WORDS:
        return words_of(event, shown)
    data = event.data | {"reason": shown.text(event.data.get("reason") or "–")}
    return MORE_WORDS[event.verb] % data
