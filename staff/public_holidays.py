"""Public holidays of a country, and the weekend days worked instead of them.

They come from the library `holidays` into a table when the database is brought to a version: the library is large, and
no process that serves keeps it in memory. The days of a coming year are decreed late (in China in November, and the
library follows), so what an administrator enters in a calendar goes before them.
"""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from staff.models.public_days import Country, PublicDay
from staff.windows import Windows

FIRST_YEAR, YEARS_AHEAD = 2015, 5
DECEMBER = 12


def differing_days(country: str, week: Mapping[int, Windows]) -> dict[date, Windows]:
    """Hours of the days that differ from `week`; a made-up day has those of the first open weekday."""
    usual = next((week[weekday] for weekday in range(7) if week.get(weekday)), ())
    days = PublicDay.objects.filter(country=country).values_list("day", "worked")
    return {day: usual if worked else () for day, worked in days}


def known_until(country: str) -> int:
    """The last year of which the made-up days are known; 0 where none are."""
    last = PublicDay.objects.filter(country=country, worked=True).order_by("-day").first()
    return last.day.year if last else 0


def year_to_enter(country: str, today: date, entered: set[int]) -> int | None:
    """The year whose made-up days somebody has to enter: this one, or from December on the next one."""
    if not country:
        return None
    wanted = today.year + (today.month == DECEMBER)
    return None if known_until(country) >= wanted or wanted in entered else wanted


@transaction.atomic
def learn() -> None:
    """Put what the installed library knows into the table, in the place of what an earlier one knew."""
    for country in filter(None, Country.values):
        PublicDay.objects.filter(country=country).delete()
        found = decreed(country, range(FIRST_YEAR, timezone.now().year + YEARS_AHEAD + 1))
        PublicDay.objects.bulk_create(PublicDay(country=country, day=day, worked=made) for day, made in found.items())


def decreed(country: str, years: range) -> dict[date, bool]:
    """The days off and the days made up, True for made up, as the library tells them."""
    from holidays import country_holidays  # 18 MB

    found = country_holidays(country, years=years)
    made_up = {day: True for day in getattr(found, "weekend_workdays", ()) if day.year in years}
    return dict.fromkeys(found, False) | made_up
