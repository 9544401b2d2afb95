"""By which hours a unit works."""

from functools import lru_cache

from django.db.models.functions import Length

from staff import public_holidays
from staff.calendar import WorkingTime
from staff.models.calendars import OFFICE_WEEK, CalendarDay, WorkCalendar
from staff.models.public_days import Country
from staff.models.units import Unit
from staff.windows import parse

CALENDARS_KEPT = 64  # in each process


def calendar_of(unit: Unit) -> WorkingTime:
    """The working time of the unit: of its calendar, or of the nearest unit above that has one, in its own time zone.

    Where nobody has set one up, office hours of mainland China hold. One query; the working time itself is kept until
    the calendar changes.
    """
    above = [int(pk) for pk in unit.path.split("/") if pk]
    placed = Unit.objects.filter(pk__in=above).exclude(work_calendar=None).order_by(Length("path").desc())
    calendar, version = placed.values_list("work_calendar", "work_calendar__version").first() or (None, None)
    return _built(calendar, version, unit.time_zone)


def working_time(calendar: WorkCalendar, zone: str) -> WorkingTime:
    """The working time of a calendar in a time zone; kept until the calendar changes."""
    return _built(calendar.pk, calendar.version, zone)


def hours_on(day: CalendarDay, week) -> tuple:
    """The windows of a special day."""
    return week[day.weekday] if day.kind == CalendarDay.Kind.WORKING else parse(day.windows)


@lru_cache(maxsize=CALENDARS_KEPT)
def _built(pk, version, zone):
    """`version` changes with the calendar; public days change with a release, which starts anew."""
    if pk is None:
        week = _week(OFFICE_WEEK)
        return WorkingTime(zone, week, public_holidays.differing_days(Country.CHINA, week))
    calendar = WorkCalendar.objects.get(pk=pk)
    week = _week(calendar.week)
    special = {day.day: hours_on(day, week) for day in calendar.days.all()}
    return WorkingTime(zone, week, public_holidays.differing_days(calendar.holidays, week) | special)


def _week(texts):
    return {weekday: parse(text) for weekday, text in enumerate(texts)}
