"""No beat, one, two or five, silent for days, on a clock that steps: each slot is run exactly once."""

import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from jobs.models import Run
from jobs.schedule import Daily, Every
from jobs.slots import materialise
from tests.jobs.test_slots import made, run_slots, scheduled
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
MOMENTS, SEEDS = (200, 30) if os.environ.get("PROOF") else (40, 2)
START = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
STEPS = {  # of the clock between two moments, in hours, and how often
    (0.1, 9): 12,
    (24, 40): 2,  # nobody was there for a day
    (-0.4, -0.1): 3,
    (-30, -6): 2,  # set back
    (24 * 20, 24 * 30): 1,  # set ahead
}


def history(chance):
    """The moments that the bells have read which ring together, the clock stepping in between."""
    moment = START
    for _ in range(MOMENTS):
        bells = chance.choice((0, 0, 1, 2, 5))
        yield [moment + timedelta(seconds=chance.uniform(-20, 0)) for _ in range(bells)]
        least, most = chance.choices(list(STEPS), list(STEPS.values()))[0]
        moment += timedelta(hours=chance.uniform(least, most))


def ring(chance):
    """Ring through a history; the latest moment that any bell has seen."""
    materialise(START)
    latest = START
    for bells in history(chance):
        if bells:
            together([partial(materialise, at) for at in bells])
            latest = max(latest, *bells)
    while materialise(latest):
        pass
    return latest


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("schedule", [Every(hours=6), Daily("12:00", "UTC"), Daily("02:30", "Europe/Berlin")])
def test_made_up_for_every_slot_is_run_once(schedule, seed):
    with scheduled(schedule, catch_up="all"):
        latest = ring(random.Random(seed))
    expected = list(schedule.between(schedule.begin(START), latest))
    assert run_slots()[-len(expected) :] == expected
    assert max(runs_of_slots().values()) == 1


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("policy", ["latest", "skip"])
def test_under_other_policies_no_day_is_run_twice(policy, seed):
    schedule = Daily("12:00", "UTC")
    with scheduled(schedule, catch_up=policy):
        latest = ring(random.Random(seed))
    assert set(runs_of_slots().values()) <= {1}
    assert set(run_slots()) <= set(made())
    assert made()[-1] == list(schedule.between(START, latest))[-1]


def runs_of_slots():
    """How many runs each slot was ever given."""
    return Counter(Run.objects.filter(job="trial.timed").values_list("params__slot_at", flat=True))
