"""What the centre does with the next message."""

import random
import threading
from dataclasses import dataclass, field

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
MOST = 1_000_000


class Wrong(ValueError):
    """A setting that means nothing."""


def behaviour(said) -> str:
    if said not in KINDS:
        raise Wrong(f"a behaviour is one of: {', '.join(KINDS)}")
    return said


def seconds(said) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= 3600:
        raise Wrong("seconds are a number from 0 to 3600")
    return float(said)


def flag(said) -> bool:
    if not isinstance(said, bool):
        raise Wrong("idempotent and queryable are true or false")
    return said


def whole(said) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= MOST:
        raise Wrong(f"a whole number from 0 to {MOST} is needed")
    return said


def by_number(said) -> dict:
    return {str(number): behaviour(kind) for number, kind in dict(said).items()}


def mix(said) -> dict:
    """Behaviour → how probable; what is left over is accepted."""
    found = {behaviour(kind): float(share) for kind, share in dict(said).items()}
    if any(share < 0 for share in found.values()) or sum(found.values()) > 1.000001:
        raise Wrong("the shares of a mix add up to 1 at the most")
    return found


READERS = {
    "idempotent": flag, "queryable": flag, "delay": seconds, "report_after": seconds, "hold": seconds,
    "mix": mix, "numbers": by_number, "seed": whole,
}  # fmt: skip


@dataclass
class Behaviour:
    """Asked once for each message: first "the next n", then the number's own, then the mix."""

    idempotent: bool = True
    queryable: bool = True
    delay: float = 2.0  # seconds before a slow answer
    report_after: float = 2.0  # seconds before a delivery report
    hold: float = 60.0  # seconds that a connection without an answer is kept open
    mix: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)
    seed: int = 1
    following: list = field(default_factory=list)  # [behaviour, how many]

    def __post_init__(self):
        self.lock, self.random = threading.Lock(), random.Random(self.seed)  # noqa: S311

    def next_for(self, number: str) -> str:
        with self.lock:
            if self.following:
                kind, left = self.following
                self.following = [kind, left - 1] if left > 1 else []
                return kind
            if number in self.numbers:
                return self.numbers[number]
            kinds, shares = [*self.mix, "accept"], [*self.mix.values()]
            return self.random.choices(kinds, [*shares, max(0, 1 - sum(shares))])[0]

    def change(self, said: dict) -> None:
        """Take new settings, all or none; raises `Wrong`. `next` is {"behaviour": …, "count": n}."""
        try:
            following = _following(said["next"]) if "next" in said else None
            found = {name: READERS[name](value) for name, value in said.items() if name != "next"}
        except KeyError as error:
            raise Wrong(f"there is no setting {error.args[0]}") from None
        except (TypeError, ValueError) as error:
            raise Wrong(str(error)) from None
        with self.lock:
            vars(self).update(found)
            if "seed" in found:
                self.random = random.Random(self.seed)  # noqa: S311
            if following is not None:
                self.following = following

    def shown(self) -> dict:
        with self.lock:
            following = dict(zip(("behaviour", "count"), self.following, strict=False)) or None
            return {name: getattr(self, name) for name in READERS} | {"next": following, "behaviours": KINDS}


def _following(said):
    kind, count = behaviour(said["behaviour"]), whole(said.get("count", 1))
    return [kind, count] if count else []
