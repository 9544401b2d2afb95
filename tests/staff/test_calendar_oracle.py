"""Histories of clocks that run, pause and change calendars, against every minute counted one by one."""

import os
from bisect import bisect_left
from datetime import date, timedelta
from itertools import accumulate
from random import Random

import pytest

from staff.calendar import WorkingTime
from staff.windows import parse
from tests.staff.minutes import MINUTE, moment, open_minutes

HISTORIES = 1_000_000 if os.environ.get("PROOF") else 10_000
SPAN = timedelta(days=28)
PLACES = {  # the clocks of each change within four weeks of the day, but in China
    "Asia/Shanghai": moment("2026-02-07"),
    "Europe/Berlin": moment("2026-10-10"),
    "America/New_York": moment("2026-02-28"),
    "Australia/Lord_Howe": moment("2026-09-25"),
    "America/Havana": moment("2026-10-20"),
    "Africa/Cairo": moment("2026-04-15"),
}
DAYS = [
    "",
    "00:00-24:00",
    "08:30-12:00 14:00-18:00",
    "01:10-02:20 02:40-03:50",
    "00:00-00:35 22:15-24:00",
    "23:30-24:00",
]


class Place:
    """Three calendars of one zone, and for each how many open minutes have passed at each minute of four weeks."""

    def __init__(self, zone, first, random):
        self.zone, self.first = zone, first
        self.calendars, self.passed = [], []
        for _ in range(3):
            week = {weekday: parse(random.choice(DAYS)) for weekday in range(7)}
            days = {random_day(random, first): parse(random.choice(DAYS)) for _ in range(3)}
            self.calendars.append(WorkingTime(zone, week, days))
            opened = open_minutes(zone, week, days, first, first + SPAN)
            self.passed.append([0, *accumulate(opened)])


def random_day(random, first):
    return date.fromordinal(first.date().toordinal() + random.randrange(SPAN.days))


def histories(place, random, many):
    """(minute, minute, number of the calendar) while the clock ran: started, paused, resumed, calendars changed."""
    length = SPAN // MINUTE
    for _ in range(many):
        begin = random.randrange(length)
        marks = sorted(min(begin + random.randrange(12_000), length) for _ in range(random.randrange(2, 8)))
        ran = [random.random() < 0.7 for _ in marks]
        yield [
            (a, b, random.randrange(len(place.calendars)))
            for a, b, runs in zip(marks, marks[1:], ran, strict=False)
            if runs
        ]


@pytest.mark.parametrize("zone", PLACES)
def test_no_history_differs_from_the_minutes_counted(zone):
    random = Random(f"history {zone}")
    place = Place(zone, PLACES[zone], random)
    differing = [one for one in histories(place, random, HISTORIES // len(PLACES) + 1) if differs(place, one)]
    assert differing == []


def differs(place, history):
    counted = sum(place.passed[n][b] - place.passed[n][a] for a, b, n in history)
    reckoned = timedelta(0)
    for a, b, n in history:
        reckoned += place.calendars[n].elapsed(place.first + a * MINUTE, place.first + b * MINUTE)
    return reckoned != counted * MINUTE


@pytest.mark.parametrize("zone", PLACES)
def test_work_is_done_at_the_minute_counted(zone):
    random = Random(f"done {zone}")
    place = Place(zone, PLACES[zone], random)
    for calendar, passed in zip(place.calendars, place.passed, strict=True):
        for begin in (random.randrange(SPAN // MINUTE) for _ in range(300)):
            left = passed[-1] - passed[begin]
            work = random.randrange(1, left + 1) if left else 0
            counted = bisect_left(passed, passed[begin] + work, begin)
            assert calendar.add(place.first + begin * MINUTE, work) == place.first + counted * MINUTE


@pytest.mark.parametrize("zone", PLACES)
def test_every_minute_is_open_or_closed_alike(zone):
    random = Random(f"minute {zone}")
    place = Place(zone, PLACES[zone], random)
    for calendar, passed in zip(place.calendars, place.passed, strict=True):
        minutes = range(0, SPAN // MINUTE, 5)
        wrong = [n for n in minutes if calendar.is_open(place.first + n * MINUTE) != passed[n + 1] - passed[n]]
        assert wrong == []
