"""Messages on the customer's timeline, as the person may see them, and for whoever may not, none."""

from dataclasses import dataclass

from customers.timeline import Entry
from outreach import reasons
from outreach.models import Message

SOURCE = "outreach.timeline.entries"


@dataclass(frozen=True)
class Told:
    message: Message
    text: str
    why: str  # the reason for where it stands, "" where it went its way


def entries(customer, shown, kind, before, limit):
    if kind != "all":
        return []
    seen = Message.objects.visible_to(shown.user).filter(customer=customer.pk)
    rows = seen.order_by("-pk").select_related("by", "template")
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    return [
        Entry(one.created_at, SOURCE, str(one.pk), "outreach/_timeline.html", _told(one, shown)) for one in rows[:limit]
    ]


def _told(message, shown):
    return Told(message, shown.text(message.text), reasons.text(message.reason) if message.reason else "")
