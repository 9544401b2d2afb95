"""What stands in a cell about a complaint. Each raises Unfit with a reason code."""

import re
from datetime import date, datetime, time

from billing.imports import cells
from complaints.imports.meanings import MONTHS
from customers.imports.values import Unfit, plain, short
from customers.visits import without_id_numbers

SHORT_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d\d)")  # day first: "22-04-15" is 22 April 2015
SPELLED_DAY = re.compile(r"(\d{1,2})[-/. ]([A-Za-z]{3,9})\.?[-/., ]+(\d{4}|\d\d)")
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*([AaPp]\.?[Mm]\.?)?")


def day(text: str) -> date | None:
    """A day with a year of two digits, or with its month as a word; None for what is written otherwise."""
    said = plain(text)
    if found := SHORT_DAY.fullmatch(said):
        first, month, year = map(int, found.groups())
    elif found := SPELLED_DAY.fullmatch(said):
        first, year, word = int(found[1]), int(found[3]), found[2].lower()
        month = next((n for n, name in enumerate(MONTHS, 1) if word.startswith(name)), 0)
    else:
        return None
    try:
        return date(year if year > 99 else 2000 + year, month, first)
    except ValueError:
        raise Unfit("bad_date", value=text[:40]) from None


def moment(text, zone) -> datetime:
    """An aware time; a day alone is its beginning in the branch's zone."""
    found = day(text)
    return datetime.combine(found, time(), zone) if found else cells.moment(text, zone)


def clock(text, zone) -> time:
    """A time of day, of 24 hours or of twice twelve."""
    found = CLOCK.fullmatch(plain(text))
    try:
        hour, minute, second = (int(part or 0) for part in found.groups()[:3])
        if half := found[4]:
            hour = _of_24(hour, half[0] in "Pp")
        return time(hour, minute, second)
    except (AttributeError, ValueError):
        raise Unfit("bad_time", value=text[:40]) from None


def _of_24(hour, afternoon):
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + 12 * afternoon


def written(most):
    """A reader of free text, numbers of ID documents masked."""

    def read(text, zone):
        return short(without_id_numbers(text.strip()), most)

    return read
