"""Public holidays of a country, and the weekend days worked instead of them.

They come from the library `holidays`. The days of a coming year are decreed late (in China in November, and the library
follows), so what an administrator enters in a calendar goes before them.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.windows import Windows

FIRST_YEAR, YEARS_AHEAD = 2015, 2
DECEMBER = 12


class Country(models.TextChoices):
    NONE = "", _("None: open on public holidays too")
    CHINA = "CN", _("Mainland China, with make-up working days")


def days_off(country: str) -> set[date]:
    return _decreed(country, timezone.now().year)[0]


def days_made_up(country: str) -> set[date]:
    """Weekend days on which work is done."""
    return _decreed(country, timezone.now().year)[1]


def differing_days(country: str, week: Mapping[int, Windows]) -> dict[date, Windows]:
    """Hours of the days that differ from `week`; a made-up day has those of the first open weekday."""
    if not country:
        return {}
    usual = next((week[weekday] for weekday in range(7) if week.get(weekday)), ())
    return dict.fromkeys(days_off(country), ()) | dict.fromkeys(days_made_up(country), usual)


def known_until(country: str) -> int:
    """The last year of which the made-up days are known."""
    return max(day.year for day in days_made_up(country))


def year_to_enter(country: str, today: date, entered: set[int]) -> int | None:
    """The year whose made-up days somebody has to enter: this one, or from December on the next one."""
    if not country:
        return None
    wanted = today.year + (today.month == DECEMBER)
    return None if known_until(country) >= wanted or wanted in entered else wanted


@cache
def _decreed(country, this_year):
    """(days off, days made up); a calendar is made of them anew when the year changes."""
    from holidays import country_holidays  # read when the first calendar asks: it takes a quarter of a second

    years = range(FIRST_YEAR, this_year + YEARS_AHEAD + 1)
    found = country_holidays(country, years=years)
    made_up = {day for day in getattr(found, "weekend_workdays", ()) if day.year in years}
    return set(found) - made_up, made_up
