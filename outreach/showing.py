"""A message as one person may see it: masked where the customer is, its state as words, a colour and a shape."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import numbers
from customers.masking import Shown
from outreach import reasons
from outreach.kinds import Channel, MessageClass
from outreach.models import Message

State = Message.State
TONES = {  # tone of the tag and its icon
    State.PLANNED: ("plain", "clock"),
    State.HELD: ("warn", "hand-raised"),
    State.SUBMITTING: ("info", "paper-airplane"),
    State.ACCEPTED: ("info", "check"),
    State.DELIVERED: ("ok", "check-circle"),
    State.FAILED: ("bad", "x-circle"),
    State.EXPIRED: ("warn", "calendar-days"),
    State.UNKNOWN: ("warn", "question-mark-circle"),
    State.CANCELLED: ("plain", "x-mark"),
    State.WITHHELD: ("plain", "no-symbol"),
}
CLASSES = dict(MessageClass.choices)


@dataclass(frozen=True)
class StateTag:
    words: str
    tone: str
    icon: str


def state_tag(message) -> StateTag:
    return _tag(message.state)


def _tag(state):
    return StateTag(str(State(state).label), *TONES[state])


def address_of(message, shown: Shown, *, whole=False) -> str:
    """Where it goes: in lists always in part, on the message's page as the person may see it."""
    if whole and shown.whole:
        return message.to
    return mask_email(message.to) if message.channel == Channel.EMAIL else numbers.mask_phone(message.to)


def mask_email(address) -> str:
    """ "zhang@example.com" → "z***@example.com" """
    local, at, host = address.partition("@")
    return f"{local[:1]}***{at}{host}" if at else address


@dataclass(frozen=True)
class Reached:
    """What became of a part of a set; `share` in percent of all its messages."""

    name: str
    state: StateTag
    why: str
    many: int
    share: float


def reached(wave) -> list[Reached]:
    """How far a set got (A29), the most frequent first."""
    counted = wave.reach()
    total = sum(counted.values())
    return [
        Reached(state, _tag(state), reasons.text(reason) if reason else "", many, 100 * many / total)
        for (state, reason), many in sorted(counted.items(), key=lambda one: -one[1])
    ]


def why(message, decision=None) -> str:
    """The reason of its last decision as a sentence; "" where nothing has to be said."""
    code = decision.reason if decision else message.reason
    return reasons.text(code) if code else ""


def about_of(message) -> str:
    """What kind of text it is: the template's name, or that somebody wrote it."""
    return str(message.template) if message.template_id else _("Own words")


@dataclass(frozen=True)
class Line:
    """A row of the outbox, ready to be drawn."""

    url: str
    at: str
    customer: str
    mark: str  # of the tier, HTML
    to: str
    about: str
    kind: str
    state: StateTag
    why: str


def lines_of(messages, user, marks) -> list[Line]:
    """Of messages with `customer`, its `tier` and `template` at hand."""
    return [_line(message, Shown(message.customer, user), marks) for message in messages]


def _line(message, shown, marks):
    return Line(
        url=reverse("message", args=[message.pk]),
        at=timezone.localtime(message.created_at).strftime("%Y-%m-%d %H:%M"),
        customer=shown.title,
        mark=marks[message.customer.tier],
        to=address_of(message, shown) or "–",
        about=about_of(message),
        kind=str(CLASSES[message.message_class]),
        state=state_tag(message),
        why=why(message),
    )
