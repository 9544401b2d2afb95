"""Hours of every day in which messages may go. They are written, and met on the clocks of a place, as working hours
are: `staff.windows` reads them, `staff.calendar` knows what becomes of them when the clocks change.
"""

from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from staff.calendar import WorkingTime
from staff.windows import MIDNIGHT, Windows, parse

KEPT = 256  # combinations of place and hours, in each process


def windows(text: str) -> Windows:
    """What `staff.windows.parse` reads, for example "08:30-12:00, 14:00-24:00". ValidationError for none, too."""
    found = parse(text)
    if not found:
        raise ValidationError(_("Name at least one period, like 08:30-12:00."), code="hours")
    return found


def common(these: Windows, those: Windows) -> Windows:
    """What lies in both."""
    both = [(max(a, c), min(b, d, key=_end)) for a, b in these for c, d in those]
    return tuple(sorted((begin, end) for begin, end in both if begin < _end(end)))


def _end(moment: time) -> time:
    return time.max if moment == MIDNIGHT else moment


def next_open(allowed: Windows, zone: ZoneInfo, at: datetime) -> datetime | None:
    """`at` itself inside one of the windows `allowed`, else the next begin of one, in UTC; None without a window."""
    return _every_day(zone.key, tuple(allowed)).next_open(at) if allowed else None


@lru_cache(maxsize=KEPT)
def _every_day(zone, allowed):
    return WorkingTime(zone, dict.fromkeys(range(7), allowed))
