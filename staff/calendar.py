"""Working time: when a place is open, and how much open time lies between two moments.

Moments come in aware and go out in UTC. What counts is real time inside the windows: on the day the clocks change, a
window may be an hour longer or shorter than the clocks say (where a wall-clock time does not exist or exists twice,
`jobs.schedule.moment` decides).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from jobs.schedule import moment
from staff.windows import MIDNIGHT, Windows, refuse_disorder

DAY = timedelta(days=1)
NOTHING = timedelta(0)
HORIZON = 731  # days that are searched for an open moment
DAYS_KEPT = 1500  # of each calendar, in memory


class NeverOpenError(Exception):
    """No window opens within two years of the moment asked about."""


class WorkingTime:
    """The open hours of one calendar in one time zone.

    `week` has the windows of each weekday (0: Monday; a day that is left out is closed), `days` those of single days
    that differ. Windows are in order and do not overlap; an end of `time.min` is the end of the day.
    """

    def __init__(self, zone: str, week: Mapping[int, Windows], days: Mapping[date, Windows] | None = None):
        self.zone, self.week, self.days = ZoneInfo(zone), dict(week), days or {}
        for windows in (*self.week.values(), *self.days.values()):
            refuse_disorder(windows)
        self._on = lru_cache(maxsize=DAYS_KEPT)(self._work_out)

    def is_open(self, at: datetime) -> bool:
        return any(begin <= at < end for begin, end in self._near(at, 2))

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when it is open, otherwise when the next window begins. Raises NeverOpenError."""
        return self._next(at)[0]

    def add(self, at: datetime, work: timedelta | float) -> datetime:
        """The first moment by which `work` (or that many minutes) of open time has passed since `at`.

        Work that fills a window exactly is done when the window ends, not when the next one begins; no work at all is
        done at `at`, open or not. Raises NeverOpenError when two years go by without an open moment.
        """
        left, at = work if isinstance(work, timedelta) else timedelta(minutes=work), at.astimezone(UTC)
        while left > NOTHING:
            begin, end = self._next(at)
            if end - begin >= left:
                return begin + left
            left, at = left - (end - begin), end
        return at

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time between the two moments; nothing when `end` is not later."""
        passed, days = NOTHING, (end.astimezone(self.zone).date() - start.astimezone(self.zone).date()).days
        for opens, closes in self._near(start, days + 2):
            inside = min(closes, end) - max(opens, start)
            if inside > NOTHING:
                passed += inside
        return passed

    def windows_on(self, day: date) -> Windows:
        """Wall-clock windows of the day."""
        found = self.days.get(day)
        return self.week.get(day.weekday(), ()) if found is None else found

    def _next(self, at):
        """What is left of the window that is open at `at`, otherwise the whole next one."""
        for begin, end in self._near(at, HORIZON):
            if end > at:
                return max(begin, at).astimezone(UTC), end
        raise NeverOpenError(f"no working time within two years of {at:%Y-%m-%d}")

    def _near(self, at, days):
        """The windows of that many days in order, from the day of `at` on.

        Where the clocks go back over midnight, the window that holds `at` may be one of the next day; it is never one
        of the day before.
        """
        first = at.astimezone(self.zone).date()
        for ahead in range(days):
            yield from self._on(first + ahead * DAY)

    def _work_out(self, day):
        """The windows of one day as pairs of moments in UTC; what the clocks leave out altogether is no window."""
        found = ((self._moment(day, begin), self._moment_of_end(day, end)) for begin, end in self.windows_on(day))
        return tuple((begin, end) for begin, end in found if begin < end)

    def _moment_of_end(self, day, end):
        return self._moment(day + DAY if end == MIDNIGHT else day, end)

    def _moment(self, day, at: time):
        return moment(datetime.combine(day, at), self.zone)
