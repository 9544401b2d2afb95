"""What all who fill one demo branch need to know."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.utils import timezone

from .names import Names
from .organisation import Organisation
from .sizes import Size

SEED = 20_080_911


@dataclass
class World:
    """One branch being filled: its units and size, its tiers by code, its plans, its reasons, and the moment of now.

    `plans` is {kind of line: ([plan], [monthly fee], [weight])}; customers and lines are counted from `first`.
    """

    org: Organisation
    size: Size
    names: Names
    now: datetime
    tiers: dict
    plans: dict
    reasons: list
    first: int = 0

    @property
    def today(self):
        return timezone.localdate(self.now)

    def rng(self, purpose):
        """A random stream of its own for each purpose, the same on every run."""
        return Random(f"{SEED} {self.first} {purpose}")  # noqa: S311  believable, not secret
