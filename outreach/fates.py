"""What becomes of a message after what a gateway said, or did not say."""

from dataclasses import dataclass
from datetime import timedelta
from random import uniform

from django.db.models.functions import Now

from outreach.gateways import Answer, Gateway, Outcome
from outreach.models import Message, Rules

FIRST_PAUSE, LONGEST_PAUSE = 5, 1800  # seconds before a message is tried again; three times longer each time
MOST_TRIES = 12  # after a few hours it is given up
State = Message.State


@dataclass(frozen=True)
class Fate:
    """`after` is when somebody looks at it again; None: nothing happens by itself any more."""

    state: str
    reason: str = ""
    in_doubt: bool = False
    after: timedelta | None = None

    def columns(self):
        """Those of a message that is not being sent any more."""
        next_at = self.after if self.after is None else Now() + self.after
        ended_at = Now() if self.state in Message.ENDED else None
        known = {"state": self.state, "reason": self.reason, "in_doubt": self.in_doubt}
        return known | {"next_at": next_at, "ended_at": ended_at, "lease_token": None}


def after_answer(message: Message, answer: Answer, gateway: Gateway) -> Fate:
    """What follows from the answer to the attempt in hand."""
    if answer.outcome == Outcome.ACCEPTED:
        return Fate(State.ACCEPTED)
    if answer.outcome == Outcome.REFUSED:
        return Fate(State.FAILED, "refused")
    if answer.outcome == Outcome.UNKNOWN:
        return in_doubt(message, gateway, "no_answer")
    after = pause(message) if message.tries < MOST_TRIES or not answer.left else None
    if message.in_doubt:  # an earlier attempt may have arrived, whatever this one did
        return Fate(State.UNKNOWN, "busy", True, after)
    return Fate(State.PLANNED, "busy", False, after) if after else Fate(State.FAILED, "tries")


def not_called(message: Message) -> Fate:
    """Of one that was taken in hand and given back: it stands as it stood before, and is due."""
    return Fate(message.state, message.reason, message.in_doubt, timedelta())


def in_doubt(message: Message, gateway: Gateway | None, reason: str) -> Fate:
    """One that may have arrived, and when to find out more. `gateway` None: it is not connected any more."""
    if gateway and gateway.idempotent:
        after = pause(message) if message.tries < MOST_TRIES else None
    elif gateway and gateway.queryable:
        after = gateway.grace
    else:
        after = timedelta(minutes=Rules.of(message.branch_id).report_minutes)
    return Fate(State.UNKNOWN, reason, True, after)


def pause(message: Message) -> timedelta:
    """Longer each time, and scattered so that a gateway is not met by all at once."""
    seconds = min(FIRST_PAUSE * 3 ** min(max(message.tries - 1, 0), 20), LONGEST_PAUSE)
    return timedelta(seconds=seconds * uniform(0.75, 1.25))  # noqa: S311
