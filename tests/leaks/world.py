"""A branch full of canaries: one record of every business model, each text in it unlike any other text there is.

`@of("app.Model")` in the module of its part (`*_canaries.py`) registers what makes a model's record and returns it; it
is then `world.<model name>` (lower case). A model with a `branch` and no factory fails the harness. `world.hide(...)`
gives a canary that only those may read who reach the customer; `world.tell(...)` one that the whole branch may read but
nobody outside it.
"""

import random

from tests import make
from tests.leaks import (
    billing_canaries,
    complaint_canaries,
    customer_canaries,
    dunning_canaries,
    message_canaries,
    staff_canaries,
    work_canaries,
)

# In this order, because some records are about others.
PARTS = [
    customer_canaries,
    work_canaries,
    billing_canaries,
    dunning_canaries,
    complaint_canaries,
    message_canaries,
    staff_canaries,
]
FACTORIES = {label: factory for part in PARTS for label, factory in part.FACTORIES.items()}


class World:
    """The branch, two departments (`north`, `south`) and everything of the records in `north`."""

    def __init__(self, seed):
        self.random, self.making = random.Random(seed), ""
        self.hidden, self.told, self.plain_only = {}, {}, set()
        self.branch = make.branch(name=self.tell("branch"), code=self.tell("code")[:40])
        self.north, self.south = (
            make.unit(parent=self.branch, name=self.tell(name), code=self.tell("code")[:40]) for name in ("n", "s")
        )
        self.owner = make.user("vip_manager", self.north, name=self.tell("owner"), username=self.tell("login"))
        for label, factory in FACTORIES.items():
            self.making = label
            setattr(self, label.split(".")[1], factory(self))

    def hide(self, what, *, masked=False):
        """A canary for those who reach the record; `masked`: only for those who also see unmasked."""
        text = self._text(what, self.hidden)
        if masked:
            self.plain_only.add(text)
        return text

    def hide_number(self, what, *, masked=True):
        """A canary of digits, such as a phone number."""
        text = "19" + "".join(self.random.choices("0123456789", k=9))
        self.hidden[text] = f"{self.making} {what}"
        if masked:
            self.plain_only.add(text)
        return text

    def tell(self, what):
        """A canary for the whole branch."""
        return self._text(what, self.told)

    def _text(self, what, kind):
        text = "q" + "".join(self.random.choices("bcdfghjkmnpqrstvwxz", k=9))
        kind[text] = f"{self.making} {what}"
        return text
