"""What the centre does with the next message."""

from dataclasses import dataclass, field
from typing import ClassVar

from door.levers import Levers, seconds
from door.plain import Wrong

KINDS = {
    "accept": "takes it and delivers it",
    "delay": "takes it, answers slowly, delivers it",
    "refuse": "422: will never take it",
    "throttle": "429: not now",
    "error": "500 before it was taken",
    "error_after": "500 after it was taken",
    "timeout": "takes it and never answers",
    "reset": "takes it and breaks the connection off",
    "drop": "breaks the connection off before it was taken",
    "cut": "takes it and breaks off in the middle of the answer",
    "lose": "answers well, but the phone gets nothing and no report comes",
    "undelivered": "answers well and reports that it could not be delivered",
    "report_first": "reports before it answers",
}
TAKES = KINDS.keys() - {"refuse", "throttle", "error", "drop"}
ARRIVES = TAKES - {"lose", "undelivered"}


def flag(said) -> bool:
    if not isinstance(said, bool):
        raise Wrong("idempotent and queryable are true or false")
    return said


@dataclass
class Behaviour(Levers):
    """Asked once for each message: first "the next n", then the number's own, then the mix."""

    KINDS: ClassVar[dict] = KINDS
    USUAL: ClassVar[str] = "accept"

    idempotent: bool = True
    queryable: bool = True
    delay: float = 2.0  # seconds before a slow answer
    report_after: float = 2.0  # seconds before a delivery report
    hold: float = 60.0  # seconds that a connection without an answer is kept open
    numbers: dict = field(default_factory=dict)

    @classmethod
    def readers(cls):
        own = {"idempotent": flag, "queryable": flag, "delay": seconds, "report_after": seconds, "hold": seconds}
        return own | {"numbers": cls.by_name} | super().readers()

    def next_for(self, number: str) -> str:
        return self.draw(self.numbers.get(number))
