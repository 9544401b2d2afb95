"""Schedules as pure functions, against an oracle that walks the clock."""

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from jobs.schedule import Daily, Every

ZONES = [  # half hours, gaps at midnight, southern summers, Ramadan, whole days left out, none at all
    "Asia/Shanghai",
    "Asia/Urumqi",
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Pacific/Auckland",
]
TIMES = ["00:00", "00:30", "02:30", "23:45"]
GRAIN = timedelta(minutes=1 if os.environ.get("PROOF") else 15)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walked(schedule, start, end):
    """The first moment at which the wall clock of the place has reached each date's time."""
    zone, (hour, minute) = ZoneInfo(schedule.zone), map(int, schedule.at.split(":"))
    moment, furthest, slots = start, datetime.min, []
    wanted = None
    while moment <= end:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        furthest = max(furthest, wall)
        if wanted is None:
            wanted = wall.replace(hour=hour, minute=minute) + timedelta(days=wall.time() >= schedule_time(schedule))
        while furthest >= wanted:
            slots.append(moment)
            wanted += timedelta(days=1)
        moment += GRAIN
    return sorted(set(slots))


def schedule_time(schedule):
    return datetime.strptime(schedule.at, "%H:%M").time()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", TIMES)
def test_a_year_of_days_has_each_slot_once(zone, at):
    schedule, start, end = Daily(at, zone), utc("2025-12-31 12:00"), utc("2027-01-02 12:00")
    slots = list(schedule.between(start, end))
    assert slots == walked(schedule, start + GRAIN, end)
    assert len(slots) in (366, 367, 368)
    assert len(set(slots)) == len(slots)


@pytest.mark.parametrize(
    ("zone", "at", "day", "slot"),
    [
        ("Europe/Berlin", "02:30", "2026-03-29", "01:00"),  # 02:00 jumps to 03:00
        ("Europe/Berlin", "02:30", "2026-10-25", "00:30"),  # 02:30 comes twice
        ("America/New_York", "02:00", "2026-03-08", "07:00"),
        ("America/New_York", "01:30", "2026-11-01", "05:30"),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "15:30"),  # half an hour is left out, 3rd in UTC
        ("Asia/Shanghai", "02:30", "2026-03-29", "18:30"),  # no summer time: 28th in UTC
    ],
)
def test_a_wall_time_that_does_not_exist_or_comes_twice(zone, at, day, slot):
    noon = datetime.fromisoformat(day + "T12:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    slots = list(Daily(at, zone).between(noon - timedelta(hours=14), noon))
    assert [f"{moment:%H:%M}" for moment in slots] == [slot]


def test_a_day_that_a_place_left_out_runs_at_the_moment_after_it():
    """Samoa had no 30 December 2011."""
    slots = list(Daily("02:30", "Pacific/Apia").between(utc("2011-12-29 12:00"), utc("2011-12-31 12:00")))
    assert slots == [utc("2011-12-29 12:30"), utc("2011-12-30 10:00"), utc("2011-12-30 12:30")]
    assert list(Daily("00:00", "Pacific/Apia").between(utc("2011-12-30 09:00"), utc("2011-12-30 11:00"))) == [
        utc("2011-12-30 10:00")
    ]


schedules = st.one_of(
    st.builds(Every, seconds=st.integers(1, 100_000)),
    st.builds(Daily, st.sampled_from(TIMES), st.sampled_from(ZONES)),
)
moments = st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(schedules, moments, st.lists(st.integers(0, 400_000), max_size=8))
def test_slots_do_not_depend_on_where_one_cuts(schedule, start, pauses):
    cuts = [start]
    for pause in pauses:
        cuts.append(cuts[-1] + timedelta(seconds=pause) % (200 * schedule.period))
    pieces = [slot for i in range(len(cuts) - 1) for slot in schedule.between(cuts[i], cuts[i + 1])]
    whole = list(schedule.between(cuts[0], cuts[-1]))
    assert pieces == whole == sorted(set(whole))


@given(schedules, moments)
def test_the_next_slot_is_the_first_one_later(schedule, moment):
    following = schedule.next(moment)
    assert following > moment
    assert list(schedule.between(moment, following)) == [following]


def test_intervals_lie_on_whole_multiples():
    slots = Every(minutes=5).between(utc("2026-01-01 00:00"), utc("2026-01-01 00:12"))
    assert list(slots) == [utc("2026-01-01 00:05"), utc("2026-01-01 00:10")]


def test_schedules_in_words():
    with translation.override("en"):
        assert Every(minutes=1).words() == "Every minute"
        assert Every(minutes=5).words() == "Every 5 minutes"
        assert Every(hours=2).words() == "Every 2 hours"
        assert Every(seconds=10).words() == "Every 10 seconds"
        assert Daily("02:30").words() == "Daily at 02:30 (Asia/Shanghai)"


@pytest.mark.parametrize("wrong", [lambda: Every(seconds=0), lambda: Every(milliseconds=1500), lambda: Daily("25:00")])
def test_what_is_no_schedule_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        wrong()
