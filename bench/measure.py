"""One operation against the floor: asked in turn, so that whatever else the machine does hits both alike."""

from dataclasses import dataclass
from itertools import cycle, islice

WARM = 5  # calls that are not counted


@dataclass(frozen=True)
class Budget:
    """At most so many milliseconds (median, 95 of 100), for orientation, and so many times the floor's median."""

    p50: float
    p95: float
    ratio: float


@dataclass
class Result:
    """Milliseconds of an operation and of the floor beside it; judged by the ratio of the medians."""

    name: str
    reach: str
    budget: Budget
    times: list
    floors: list

    @property
    def p50(self):
        return share(self.times, 0.5)

    @property
    def p95(self):
        return share(self.times, 0.95)

    @property
    def floor(self):
        return share(self.floors, 0.5)

    @property
    def ratio(self):
        return self.p50 / self.floor

    @property
    def kept(self):
        return self.ratio <= self.budget.ratio

    @property
    def summary(self):
        return f"{self.name} as {self.reach} {self.ratio:.2f} of {self.budget.ratio:.0f}"


def share(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def against_the_floor(name, reach, budget, browser, asks, rounds):
    """Call the functions of `asks` in turn, each followed by the floor."""
    times, floors = [], []
    for ask in islice(cycle(asks), rounds + WARM):
        times.append(ask())
        floors.append(browser.get("/bench/floor/"))
    return Result(name, reach, budget, times[WARM:], floors[WARM:])
