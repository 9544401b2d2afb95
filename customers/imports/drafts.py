"""One row of a file on its way to the stage: what it says, and every reason why it cannot be taken."""

import json
from dataclasses import dataclass, field

from .values import Unfit


@dataclass
class Draft:
    """Values by staging column (what is absent is not said), problems and notes by code."""

    n: int
    values: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def refuse(self, code, **values):
        self.problems.append({"code": code, **values})

    def say(self, column, value):
        self.values[column] = value

    @property
    def unread(self):
        """Whether the row could not be taken apart, so that nothing is missing from it."""
        return any(problem["code"] in ("width", "broken", "encoding") for problem in self.problems)

    def close(self):
        """What follows from what was said, when the row is read to its end."""


def as_json(value):
    return "[]" if not value else json.dumps(value, ensure_ascii=False)


def taking(draft, column, read, text, *more):
    """What `read` makes of a cell, or None after the reason is noted."""
    try:
        return read(text, *more)
    except Unfit as unfit:
        draft.refuse(unfit.code, column=column, **unfit.values)
        return None
