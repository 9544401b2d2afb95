"""The levers of a simulator: what it does with the next thing that comes, and some numbers. Standard library only."""

import random
import threading
from dataclasses import dataclass, field
from typing import ClassVar

from door.plain import Wrong

MOST = 1_000_000


def seconds(said) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= 3600:
        raise Wrong("seconds are a number from 0 to 3600")
    return float(said)


def whole(said) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= MOST:
        raise Wrong(f"a whole number from 0 to {MOST} is needed")
    return said


@dataclass
class Levers:
    """First "the next n", then what is set for the thing itself, then the mix, then USUAL.

    A simulator says its KINDS {behaviour: what it means}, and by `readers()` which further settings there are.
    """

    KINDS: ClassVar[dict] = {}
    USUAL: ClassVar[str] = ""

    mix: dict = field(default_factory=dict)  # behaviour: how probable
    seed: int = 1
    following: list = field(default_factory=list)  # [behaviour, how many]

    def __post_init__(self):
        self.lock, self.random = threading.Lock(), random.Random(self.seed)  # noqa: S311

    @classmethod
    def readers(cls) -> dict:
        """Setting to what reads it, in the order in which they are shown."""
        return {"mix": cls.shares, "seed": whole}

    @classmethod
    def behaviour(cls, said) -> str:
        if said not in cls.KINDS:
            raise Wrong(f"a behaviour is one of: {', '.join(cls.KINDS)}")
        return said

    @classmethod
    def by_name(cls, said) -> dict:
        return {str(name): cls.behaviour(kind) for name, kind in dict(said).items()}

    @classmethod
    def shares(cls, said) -> dict:
        """Behaviour → how probable; what is left over is as usual."""
        found = {cls.behaviour(kind): float(share) for kind, share in dict(said).items()}
        if any(share < 0 for share in found.values()) or sum(found.values()) > 1.000001:
            raise Wrong("the shares of a mix add up to 1 at the most")
        return found

    def draw(self, own: str | None) -> str:
        """What becomes of the next one; `own` is what is set for it, if anything is."""
        with self.lock:
            if self.following:
                kind, left = self.following
                self.following = [kind, left - 1] if left > 1 else []
                return kind
            if own:
                return own
            kinds, shares = [*self.mix, self.USUAL], [*self.mix.values()]
            return self.random.choices(kinds, [*shares, max(0, 1 - sum(shares))])[0]

    def change(self, said: dict) -> None:
        """Take new settings, all or none; raises `Wrong`. `next` is {"behaviour": …, "count": n}."""
        readers = self.readers()
        try:
            following = self._following(said["next"]) if "next" in said else None
            found = {name: readers[name](value) for name, value in said.items() if name != "next"}
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
            return {name: getattr(self, name) for name in self.readers()} | {
                "next": following,
                "behaviours": self.KINDS,
            }

    @classmethod
    def _following(cls, said):
        kind, count = cls.behaviour(said["behaviour"]), whole(said.get("count", 1))
        return [kind, count] if count else []
