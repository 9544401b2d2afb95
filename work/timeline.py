"""Follow-ups on the customer's timeline: what was owed, what was tried, what came of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from customers.timeline import Entry
from staff import withheld
from work.models import FollowUp
from work.models.states import Outcome, Result

SOURCE = "work.timeline.entries"
WORDS = {
    "follow_up.made": _("Planned for %(due)s"),
    "follow_up.tried": _("Tried: %(outcome)s"),
    "follow_up.done": _("Done: %(result)s"),
    "follow_up.refused": _("Wants no call"),
    "follow_up.unreachable": _("Not reached, given up"),
    "follow_up.rescheduled": _("Moved to %(to)s"),
    "follow_up.cancelled": _("Cancelled: %(reason)s"),
    "follow_up.undone": _("Open again: taken back"),
    "follow_up.reopened": _("Tried once more"),
    "follow_up.broken": _("Promise not kept in time"),
}

SAID_BY_THE_CONTACT = ("follow_up.made", "follow_up.done")


@dataclass(frozen=True)
class Step:
    """One thing that happened to a follow-up."""

    event: Event
    follow_up: FollowUp
    words: str
    what: str  # as this person may see it


def entries(customer, shown, kind, before, limit):
    if kind != "all":
        return []
    rows = Event.objects.of_customer(customer.pk).filter(verb__in=WORDS).select_related("actor")
    said = FollowUp.objects.filter(customer=customer, interaction__isnull=False).values("pk")
    rows = rows.exclude(verb__in=SAID_BY_THE_CONTACT, subject_id__in=said)
    kept = FollowUp.objects.filter(withheld.kept_from(shown.user), customer=customer)
    rows = rows.exclude(subject_id__in=kept.values("pk"))
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    events = list(rows[:limit])
    concerned = FollowUp.objects.in_bulk([event.subject_id for event in events])
    return [
        Entry(event.at, SOURCE, str(event.pk), "work/_timeline.html", _step(event, concerned[event.subject_id], shown))
        for event in events
    ]


def _step(event, follow_up, shown):
    return Step(event, follow_up, words_of(event, shown), shown.text(follow_up.what))


def moment(text):
    """A moment as an event keeps it, on the reader's clock."""
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


def words_of(event, shown):
    """What happened, in the reader's language."""
    data = event.data | {name: moment(event.data[name]) for name in ("due", "to") if event.data.get(name)}
    if "outcome" in data:
        data["outcome"] = Outcome(data["outcome"]).label
    if "result" in data:
        data["result"] = Result(data["result"]).label
    data["reason"] = shown.text(data.get("reason") or "–")
    return WORDS[event.verb] % data
