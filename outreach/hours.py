"""Hours of the day in which something may happen, on the clocks of a place."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
UTC = ZoneInfo("UTC")


def windows(text) -> list[tuple[time, time]]:
    """ "08:30-12:00, 14:00-24:00" as pairs of times, the end excluded; 24:00 is `time.max`.

    Raises ValidationError unless each window ends after it begins and begins after the one before has ended.
    """
    found = [_window(part.strip()) for part in text.split(",")]
    ends = [moment for window in found for moment in window]
    if ends != sorted(set(ends)):
        raise ValidationError(_("Each period must end after it begins, and begin after the one before it."))
    return found


def _window(text):
    match = WINDOW.fullmatch(text)
    try:
        h, m, until_h, until_m = (int(part) for part in match.groups())
        return time(h, m), time.max if (until_h, until_m) == (24, 0) else time(until_h, until_m)
    except (AttributeError, ValueError) as error:
        raise ValidationError(_("Write periods like 08:30-12:00, 14:00-20:00.")) from error


def common(these, those) -> list[tuple[time, time]]:
    """What lies in both lists of windows."""
    both = [(max(a, c), min(b, d)) for a, b in these for c, d in those]
    return sorted((begin, end) for begin, end in both if begin < end)


def next_open(allowed, zone: ZoneInfo, at: datetime) -> datetime | None:
    """`at` itself inside one of the windows `allowed`, else the next begin of one, in UTC; None without a window.

    A begin that the clocks skip is the moment they have skipped to; in an hour that comes twice both are inside.
    """
    local = at.astimezone(zone)
    if any(begin <= local.time() < end for begin, end in allowed):
        return at
    for days in range(3):
        day = local.date() + timedelta(days=days)
        for begin, _end in allowed:
            moment = datetime.combine(day, begin, zone).astimezone(UTC)
            if moment > at:
                return moment
    return None
