"""Working time: open or not, how long until done, how much has passed, in any zone and on the days clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from staff import windows
from staff.calendar import NeverOpenError, WorkingTime
from staff.windows import parse

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo"]
OFFICE = {day: parse("08:30-12:00 14:00-18:00") for day in range(5)}
HOUR = timedelta(hours=1)


def shanghai(text):
    return datetime.fromisoformat(f"{text}+08:00")


def test_lunch_is_closed_and_an_end_is_closed():
    calendar = WorkingTime("Asia/Shanghai", OFFICE)
    assert [calendar.is_open(shanghai(f"2026-11-23 {at}")) for at in ("08:29", "08:30", "11:59", "12:00", "14:00")] == [
        False,
        True,
        True,
        False,
        True,
    ]


def test_the_next_open_moment_of_a_weekend_is_monday_morning():
    calendar = WorkingTime("Asia/Shanghai", OFFICE)
    assert calendar.next_open(shanghai("2026-11-21 10:00")) == shanghai("2026-11-23 08:30")
    assert calendar.next_open(shanghai("2026-11-23 10:00")) == shanghai("2026-11-23 10:00")
    assert calendar.next_open(shanghai("2026-11-23 10:00")).tzinfo is UTC


def test_work_runs_over_lunch_and_weekends():
    calendar = WorkingTime("Asia/Shanghai", OFFICE)
    assert calendar.add(shanghai("2026-11-20 11:30"), HOUR) == shanghai("2026-11-20 14:30")
    assert calendar.add(shanghai("2026-11-20 17:30"), 60) == shanghai("2026-11-23 09:00")
    assert calendar.elapsed(shanghai("2026-11-20 11:30"), shanghai("2026-11-23 09:00")) == 5 * HOUR


def test_work_that_fills_a_window_is_done_when_it_ends():
    calendar = WorkingTime("Asia/Shanghai", OFFICE)
    assert calendar.add(shanghai("2026-11-20 17:30"), 30) == shanghai("2026-11-20 18:00")


def test_no_work_is_done_at_once_even_at_night():
    calendar = WorkingTime("Asia/Shanghai", OFFICE)
    assert calendar.add(shanghai("2026-11-20 23:00"), 0) == shanghai("2026-11-20 23:00")


def test_nothing_passes_backwards():
    calendar = WorkingTime("Asia/Shanghai", OFFICE)
    assert calendar.elapsed(shanghai("2026-11-20 17:00"), shanghai("2026-11-20 09:00")) == timedelta(0)


def test_a_single_day_goes_before_its_weekday():
    days = {date(2026, 11, 23): (), date(2026, 11, 22): parse("10:00-11:00")}
    calendar = WorkingTime("Asia/Shanghai", OFFICE, days)
    assert calendar.next_open(shanghai("2026-11-21 09:00")) == shanghai("2026-11-22 10:00")
    assert calendar.next_open(shanghai("2026-11-22 11:00")) == shanghai("2026-11-24 08:30")


def test_a_window_may_reach_midnight_and_a_place_may_never_close():
    late = WorkingTime("Asia/Shanghai", {0: parse("20:00-24:00"), 1: parse("00:00-02:00")})
    assert late.elapsed(shanghai("2026-11-23 00:00"), shanghai("2026-11-25 00:00")) == 6 * HOUR
    always = WorkingTime("Asia/Shanghai", dict.fromkeys(range(7), parse("00:00-24:00")))
    assert always.add(shanghai("2026-11-23 23:30"), HOUR) == shanghai("2026-11-24 00:30")


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)],
)
def test_a_day_has_the_hours_that_its_clocks_leave_it(day, hours):
    always = WorkingTime("Europe/Berlin", dict.fromkeys(range(7), parse("00:00-24:00")))
    begin = datetime.combine(date.fromisoformat(day), time.min, always.zone)
    end = datetime.combine(date.fromisoformat(day) + timedelta(1), time.min, always.zone)
    assert always.elapsed(begin, end) == hours * HOUR


def test_a_window_inside_the_hour_that_is_left_out_is_no_window():
    gap = WorkingTime("Europe/Berlin", {6: parse("02:00-02:45")})
    assert gap.elapsed(datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)) == timedelta(0)


def test_a_window_that_ends_in_the_hour_that_comes_twice_ends_at_the_first():
    twice = WorkingTime("Europe/Berlin", {6: parse("01:00-02:30")})
    assert twice.elapsed(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC)) == 1.5 * HOUR


def test_a_calendar_that_never_opens_says_so():
    with pytest.raises(NeverOpenError, match="within two years of 2026-11-23"):
        WorkingTime("Asia/Shanghai", {}).add(shanghai("2026-11-23 10:00"), 1)


def test_work_may_take_longer_than_two_years():
    calendar = WorkingTime("Asia/Shanghai", {0: parse("09:00-10:00")})
    assert calendar.add(shanghai("2026-11-23 09:00"), 200 * HOUR) == shanghai("2030-09-16 10:00")


@pytest.mark.parametrize(
    "text", ["12:00-08:00", "08:00-12:00 11:00-13:00", "20:00-24:00 21:00-22:00", "nine", "25:00-26:00"]
)
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValidationError):
        parse(text)


def test_hours_are_read_as_people_type_them():
    assert parse("8:30–12:00，14：00~24:00") == parse("08:30-12:00 14:00-24:00")
    assert windows.spell(parse("8:30-12:00,14:00-24:00")) == "08:30-12:00 14:00-24:00"


def hours():
    """Windows of one day: an even number of different quarter hours, the last of which may be midnight."""
    quarters = st.lists(st.integers(0, 96), unique=True, max_size=6).map(sorted)
    return quarters.map(lambda marks: tuple(zip(*[map(clock, marks)] * 2, strict=False)))


def clock(quarters):
    return time(quarters // 4 % 24, quarters % 4 * 15)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
WORK = st.timedeltas(timedelta(0), timedelta(hours=60))
CALENDARS = st.builds(
    WorkingTime,
    st.sampled_from(ZONES),
    st.dictionaries(st.integers(0, 6), hours(), min_size=1),
    st.dictionaries(st.dates(date(2026, 1, 1), date(2028, 3, 1)), hours(), max_size=4),
).filter(lambda calendar: any(calendar.week.values()))


@given(CALENDARS, MOMENTS, WORK)
def test_what_was_added_has_passed(calendar, start, work):
    assert calendar.elapsed(start, calendar.add(start, work)) == work


@given(CALENDARS, MOMENTS, WORK)
def test_work_is_done_at_the_first_moment_at_which_it_has_passed(calendar, start, work):
    done = calendar.add(start, work)
    assert done == start or calendar.elapsed(start, done - timedelta(microseconds=1)) < work


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_spans_add_up(calendar, one, two, three):
    first, second, third = sorted([one, two, three])
    assert calendar.elapsed(first, second) + calendar.elapsed(second, third) == calendar.elapsed(first, third)


@given(CALENDARS, MOMENTS, WORK, WORK)
def test_more_work_is_never_done_sooner(calendar, start, one, two):
    assert calendar.add(start, min(one, two)) <= calendar.add(start, max(one, two))


@given(CALENDARS, MOMENTS, MOMENTS, WORK)
def test_who_starts_later_is_not_done_sooner(calendar, one, two, work):
    assert calendar.add(min(one, two), work) <= calendar.add(max(one, two), work)


@given(CALENDARS, MOMENTS)
def test_the_next_open_moment_is_open_and_nothing_was_open_before(calendar, at):
    opens = calendar.next_open(at)
    assert calendar.is_open(opens)
    assert calendar.elapsed(at, opens) == timedelta(0)
    assert calendar.is_open(at) == (opens == at)
