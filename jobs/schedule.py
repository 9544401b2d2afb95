"""When a job is due: pure functions from a schedule and two moments to the slots between them, all in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, init=False)
class Every:
    """At every whole multiple of a period since 1970 in UTC: `Every(minutes=5)`. Clocks of places do not matter."""

    period: timedelta
    is_heartbeat = True  # a slot is "again", not a piece of work of its own

    def __init__(self, **period):
        object.__setattr__(self, "period", timedelta(**period))
        if self.period < SECOND or self.period % SECOND:
            raise ValueError("a period is a whole number of seconds")

    @property
    def grace(self):
        """How late a slot may be and still be worth running under the policy `skip`."""
        return self.period

    def begin(self, at):
        """Up to when a job that is new at `at` counts as served: it runs at once."""
        return at - self.period

    def between(self, after, until):
        """The slots later than `after`, up to and with `until`, in order."""
        slot = EPOCH + ((after - EPOCH) // self.period + 1) * self.period
        while slot <= until:
            yield slot
            slot += self.period

    def next(self, after):
        return next(self.between(after, after + self.period))

    def words(self):
        seconds = int(self.period.total_seconds())
        if seconds % 3600 == 0:
            return ngettext("Every hour", "Every %(n)s hours", seconds // 3600) % {"n": seconds // 3600}
        if seconds % 60 == 0:
            return ngettext("Every minute", "Every %(n)s minutes", seconds // 60) % {"n": seconds // 60}
        return ngettext("Every second", "Every %(n)s seconds", seconds) % {"n": seconds}


@dataclass(frozen=True)
class Daily:
    """Once on each date of a place, at its wall-clock time: `Daily("02:30")`.

    Where the clocks change: a time that the day does not have runs at the first moment after the gap; a time that the
    day has twice runs once, at the first.
    """

    at: str
    zone: str = "Asia/Shanghai"
    is_heartbeat = False

    def __post_init__(self):
        time.fromisoformat(self.at), ZoneInfo(self.zone)

    @property
    def period(self):
        return DAY

    @property
    def grace(self):
        return timedelta(hours=1)

    def begin(self, at):
        return at

    def between(self, after, until):
        zone = ZoneInfo(self.zone)
        day, last = after.astimezone(zone).date() - DAY, until.astimezone(zone).date() + DAY
        before = after
        while day <= last:
            slot = moment(datetime.combine(day, time.fromisoformat(self.at)), zone)
            if before < slot <= until:  # two dates may share a moment where a whole day was left out
                yield slot
                before = slot
            day += DAY

    def next(self, after):
        return next(self.between(after, after + 3 * DAY))

    def words(self):
        return _("Daily at %(time)s (%(zone)s)") % {"time": self.at, "zone": self.zone}


def moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks of `zone` first show `wall` (naive), in UTC; the end of the gap where they never do."""
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(wall, zone)


def _end_of_gap(wall, zone):
    """The moment at which the clocks jump over `wall`: both readings of `wall` lie around it."""
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > SECOND:
        middle = early + (late - early) // 2 // SECOND * SECOND
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late
