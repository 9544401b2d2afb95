"""Working time counted the slow way: every minute of real time is asked what the clock on the wall shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def open_minutes(zone, week, days, first, last):
    """Whether each real minute from `first` to before `last` (UTC, whole minutes) is open, as a list.

    A minute is open from the moment on which the wall first shows a window's begin, until it first shows (or has
    jumped over) the window's end. No arithmetic on wall-clock times: the clock is only read.
    """
    zone = ZoneInfo(zone)
    opened, latest, at = [], datetime.min, first - timedelta(days=2)
    while at < last:
        wall = at.astimezone(zone).replace(tzinfo=None)
        latest = max(latest, wall)  # a clock that is set back shows nothing new: what had ended stays ended
        if at >= first:
            opened.append(shows_open(latest, week, days))
        at += MINUTE
    return opened


def shows_open(wall, week, days):
    minute = wall.hour * 60 + wall.minute
    windows = days[wall.date()] if wall.date() in days else week.get(wall.weekday(), ())
    return any(minutes(begin) <= minute < (minutes(end) or 1440) for begin, end in windows)


def minutes(at):
    return at.hour * 60 + at.minute


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
