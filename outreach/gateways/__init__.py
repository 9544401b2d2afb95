"""What a gateway is to the outbox: something that takes one message and says what became of it.

A gateway never raises for what the other side does, and never says more than it knows. The outbox asks three questions
before it trusts one: may the same message be sent twice (`idempotent`), can it be asked (`queryable`), and how long
may it still accept what it did not answer (`grace`).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from outreach.gateways.address import Address

TIMEOUT = 10.0  # seconds
GRACE = 60.0  # seconds
COMMON = {"name", "timeout", "grace", "branch"}
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # JSON and SMPP may say them; no text of the database holds them


def storable(said: str) -> str:
    """What a gateway said, so that it can be kept: a wrong character is no reason to lose the rest."""
    return UNSTORABLE.sub("\ufffd", said)


class Outcome(StrEnum):
    """What is known after a call. Only UNKNOWN leaves open whether the gateway has the message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good
    BUSY = "busy"  # not taken now
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """`status` is the gateway's own code or the trouble's name, `text` what it said (at most 500 characters)."""

    outcome: Outcome
    gateway_ref: str = ""
    status: str = ""
    text: str = ""
    ms: int | None = None
    left: bool = True  # False: no byte of the message has left us


class Gateway:
    """One configured way out for one channel."""

    OPTIONS = frozenset()  # of the address, beside those that all gateways know
    idempotent = False  # the same `ref` sent twice arrives once
    queryable = False  # `query` is answered

    def __init__(self, channel: str, address: Address):
        """Raises `BadAddress` for what cannot be."""
        address.allow_only(COMMON | self.OPTIONS)
        self.channel, self.address = channel, address
        self.name = address.slug("name", channel)
        self.branch = address.options.get("branch", "")  # code of the one that it belongs to; "": all branches share it
        self.timeout = address.seconds("timeout", TIMEOUT)  # a call never takes longer
        self.grace = timedelta(seconds=address.seconds("grace", GRACE))  # its longest delay in accepting

    def send(self, *, ref, to: str, text: str, subject: str = "", marketing: bool = False) -> Answer:
        """Hand over one message. `ref` (UUID) is the same on every attempt; `marketing`: say how to unsubscribe."""
        raise NotImplementedError

    def query(self, ref) -> Answer | None:
        """What became of a message: None only when the gateway is sure it does not have it.

        ACCEPTED and REFUSED are its word; BUSY and UNKNOWN say that it could not be asked.
        """
        raise NotImplementedError
