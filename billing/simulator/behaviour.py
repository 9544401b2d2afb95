"""What the billing system does with the next request of the product."""

from dataclasses import dataclass, field
from typing import ClassVar

from door.levers import Levers, seconds

KINDS = {
    "confirm": "accepts it, confirms it after a while",
    "at_once": "confirms it without accepting it first",
    "late": "accepts it, confirms it after a long while",
    "twice": "gives every answer twice",
    "out_of_order": "confirms it, then accepts it",
    "accept": "accepts it and never confirms it",
    "silent": "never answers",
    "refuse": "refuses it",
    "refuse_late": "accepts it, then refuses it",
    "contradict": "confirms it, then refuses it",
}


@dataclass
class Behaviour(Levers):
    """Asked once for each request: first "the next n", then the line's own, then the action's, then the mix."""

    KINDS: ClassVar[dict] = KINDS
    USUAL: ClassVar[str] = "confirm"

    accept_after: float = 1.0  # seconds from learning of it to accepting it
    confirm_after: float = 5.0  # seconds from accepting it to confirming or refusing it
    late_after: float = 120.0  # the same, when it is late
    lines: dict = field(default_factory=dict)  # service number: behaviour
    actions: dict = field(default_factory=dict)  # suspend_one_way and so on: behaviour

    @classmethod
    def readers(cls):
        own = {"accept_after": seconds, "confirm_after": seconds, "late_after": seconds}
        return own | {"lines": cls.by_name, "actions": cls.by_name} | super().readers()

    def next_for(self, action: str, number: str) -> str:
        return self.draw(self.lines.get(number) or self.actions.get(action))

    def answers(self, kind: str, *, accepted: bool) -> list[tuple[str, float]]:
        """What is answered, in this order: (accept, confirm or refuse; seconds from now).

        `accepted`: the product has heard that already.
        """
        soon, then = self.accept_after, self.accept_after + self.confirm_after
        found = {
            "confirm": [("accept", soon), ("confirm", then)],
            "at_once": [("confirm", then)],
            "late": [("accept", soon), ("confirm", soon + self.late_after)],
            "twice": [("accept", soon), ("accept", soon), ("confirm", then), ("confirm", then)],
            "out_of_order": [("confirm", then), ("accept", then)],
            "accept": [("accept", soon)],
            "silent": [],
            "refuse": [("refuse", then)],
            "refuse_late": [("accept", soon), ("refuse", then)],
            "contradict": [("confirm", then), ("refuse", then)],
        }[kind]
        return [(verb, after) for verb, after in found if not (accepted and verb == "accept")]
