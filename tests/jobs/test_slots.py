"""Slots: each once, whoever rings, however late, whatever the clock does."""

import os
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.models import Event
from jobs import clock, registry, runs, slots, switches
from jobs.models import Run, Slot, Switch
from jobs.schedule import Daily, Every
from jobs.slots import materialise
from tests import make
from tests.jobs import trial
from tests.jobs.test_schedule import ZONES
from tests.race import together

pytestmark = pytest.mark.django_db
LONG = bool(os.environ.get("PROOF"))
START = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)


@contextmanager
def scheduled(schedule, name="trial.timed", **options):
    with trial.alone():
        registry.job(name, title=name, schedule=schedule, **options)(lambda run: False)
        yield


def made(name="trial.timed"):
    return list(Slot.objects.filter(job=name).order_by("slot_at").values_list("slot_at", flat=True))


def run_slots(name="trial.timed"):
    rows = Slot.objects.filter(job=name).exclude(run=None).order_by("slot_at")
    return list(rows.values_list("slot_at", flat=True))


def hours(n):
    return timedelta(hours=n)


def minutes(n):
    return timedelta(minutes=n)


def test_a_slot_and_its_run_are_made_together():
    with scheduled(Every(minutes=5)):
        materialise(START)
    slot = Slot.objects.get(job="trial.timed")
    assert slot.slot_at == START.replace(minute=0, second=0)
    assert slot.run.params == {"slot_at": "2026-03-02T03:00:00+00:00"}
    assert (slot.run.job, slot.run.state) == ("trial.timed", Run.State.WAITING)


def test_a_daily_job_that_is_new_waits_for_its_time():
    with scheduled(Daily("02:30")):
        materialise(START)
        assert made() == []
        materialise(START + hours(24))
    assert made() == [datetime(2026, 3, 2, 18, 30, tzinfo=UTC)]


def test_ringing_again_makes_nothing_and_asks_little(django_assert_num_queries):
    with scheduled(Every(minutes=5)):
        assert materialise(START)
        with django_assert_num_queries(1):
            assert materialise(START) == 0
        assert materialise(START + timedelta(seconds=30)) == 0
    assert len(made()) == 1


@pytest.mark.parametrize(
    ("policy", "ran"),
    [("all", 24), ("latest", 1), ("skip", 1)],
)
def test_after_a_day_away_slots_are_caught_up_by_policy(policy, ran):
    with scheduled(Every(hours=1), catch_up=policy):
        materialise(START)
        materialise(START + hours(24))
        materialise(START + hours(24))
    assert len(made()) == 25
    assert len(run_slots()) == ran + 1
    assert run_slots()[-1] == made()[-1]


@pytest.mark.parametrize(("late", "ran"), [(minutes(59), 1), (minutes(61), 0)])
def test_a_daily_slot_that_is_too_late_is_skipped_and_written_down(late, ran):
    due = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    with scheduled(Daily("02:30"), catch_up="skip"):
        materialise(START)
        materialise(due + late)
        materialise(due + late + minutes(1))
    assert made() == [due]
    assert len(run_slots()) == ran


def test_a_very_long_absence_is_made_up_for_in_batches():
    with scheduled(Every(minutes=1), catch_up="all"):
        materialise(START)
        away = START + minutes(1200)
        rings = 0
        while materialise(away):
            rings += 1
    assert len(run_slots()) == 1201
    assert rings == 3


def test_after_years_only_so_many_skipped_slots_are_written():
    with scheduled(Every(minutes=1)):
        materialise(START)
        materialise(START + timedelta(days=700))
    assert len(made()) == 1 + slots.KEPT
    assert len(run_slots()) == 2


def test_a_paused_job_makes_no_slots_and_resumes_without_a_flood():
    person = make.user("admin")
    with scheduled(Every(minutes=1), catch_up="all"):
        before = clock.now() - hours(5)
        materialise(before)
        switches.pause("trial.timed", by=person)
        switches.pause("trial.timed", by=person)
        assert materialise(clock.now() - minutes(2)) == 0
        switches.resume("trial.timed", by=person)
        switches.resume("trial.timed", by=person)
        resumed = Switch.objects.get(job="trial.timed").slots_until
        assert resumed > before + hours(4)
        assert materialise(resumed + minutes(2)) == 2
    assert len(made()) == 3
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == ["job.paused", "job.resumed"]


def test_a_job_that_must_go_on_cannot_be_paused():
    with pytest.raises(ValidationError):
        switches.pause("jobs.pulse", by=None)


@pytest.mark.parametrize("policy", ["all", "latest", "skip"])
@pytest.mark.parametrize("jump", [hours(3), hours(30 * 24)])
def test_a_clock_that_jumped_ahead_and_came_back_doubles_and_loses_no_day(policy, jump):
    """What ran early counts as done; every other date still has its slot when its time comes."""
    schedule = Daily("12:00", "UTC")
    with scheduled(schedule, catch_up=policy):
        materialise(START)
        materialise(START + jump)
        early = set(run_slots())
        end = START + timedelta(days=40)
        moment = START
        while moment < end:
            materialise(moment)
            moment += minutes(50)
        expected = set(schedule.between(START, moment))
        assert early | set(run_slots()) == expected
    assert Run.objects.filter(job="trial.timed").count() == len(expected)


@pytest.mark.parametrize("jump", [hours(6), hours(30 * 24)])
def test_a_job_that_runs_every_minute_goes_on_at_once_after_a_clock_set_back(jump):
    with scheduled(Every(minutes=1)):
        materialise(START + jump)
        ran = Run.objects.count()
        for minute in range(1, 6):
            materialise(START + minutes(minute))
            materialise(START + minutes(minute))
    assert Run.objects.filter(job="trial.timed").count() == ran + 5


def test_a_small_step_back_doubles_nothing():
    with scheduled(Every(minutes=1)):
        for second in [0, 60, 59, 61, 58, 120, 90, 121, 119]:
            materialise(START + timedelta(seconds=second))
    assert len(made()) == Run.objects.filter(job="trial.timed").count() == 3


@pytest.mark.parametrize("catch_up", ["all", "latest", "skip"])
def test_every_slot_of_an_uneven_year_is_made_once(catch_up):
    """Bells at odd moments, twice at once, away for a day now and then: no slot twice, none missing."""
    zones = ZONES if LONG else ZONES[3:5]
    jobs = {f"trial.{zone.lower()}": Daily("02:30", zone) for zone in zones}
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    with trial.alone():
        for name, schedule in jobs.items():
            registry.job(name, title=name, schedule=schedule, catch_up=catch_up)(lambda run: False)
        end = _ring_unevenly(begin, begin + timedelta(days=365))
    for name, schedule in jobs.items():
        assert made(name) == list(schedule.between(begin, end))
        runs_of = Counter(Run.objects.filter(job=name).values_list("params__slot_at", flat=True))
        assert set(runs_of.values()) == {1}
        assert len(runs_of) == len(run_slots(name))
        assert catch_up != "all" or run_slots(name) == made(name)


def _ring_unevenly(moment, end):
    """Ring until `end`, some bells twice, some after a day of silence; the moment of the last ring."""
    ring = 0
    while True:
        materialise(moment)
        if ring % 3 == 0:
            materialise(moment)
        if moment > end:
            return moment
        moment += hours(31) if ring % 7 == 0 else hours(5) + minutes(ring % 50)
        ring += 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("bells", [0, 1, 2, 5])
def test_any_number_of_bells_at_the_same_moment_make_each_slot_once(bells):
    with scheduled(Every(minutes=1), catch_up="all"):
        for minute in range(0, 40, 4):
            moment = START + minutes(minute)
            if bells:
                together(lambda moment=moment: materialise(moment), runners=bells)
        materialise(START + minutes(39))
    assert made() == [START.replace(second=0) + minutes(n) for n in range(40)][-len(made()) :]
    assert len(made()) == (40 if bells else 1)
    assert Run.objects.filter(job="trial.timed").count() == len(made())


def test_the_database_itself_refuses_a_slot_twice():
    with scheduled(Every(minutes=1)):
        materialise(START)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(job="trial.timed", slot_at=made()[0])


def test_without_a_moment_given_the_databases_clock_counts():
    materialise()
    runs.work_off()
    slot = Slot.objects.get(job="jobs.pulse")
    assert timedelta(0) <= clock.now() - slot.slot_at < minutes(1)
    assert slot.run.state == Run.State.DONE
