"""When a person is told: at once, when their unit opens again, or in the next morning's digest."""

from datetime import datetime, time, timedelta

from staff.calendar import NeverOpenError, WorkingTime
from work.models import Notice

BREAK = timedelta(hours=3)  # a pause up to this long is waited out; a longer one ends with a digest
MORNING = time(7)  # no digest comes before
RING, NORMAL, DIGEST = Notice.Urgency.RING, Notice.Urgency.NORMAL, Notice.Urgency.DIGEST


def when_to_tell(urgency: str, calendar: WorkingTime, at: datetime) -> tuple[str, datetime]:
    """The urgency that is left and the moment: what is urgent rings at any hour, the rest in working time."""
    if urgency == RING:
        return RING, at
    try:
        opens = calendar.next_open(at)
        if urgency == NORMAL and opens - at <= BREAK:
            return NORMAL, opens
        return DIGEST, calendar.next_open(next_morning(calendar, at))
    except NeverOpenError:
        return NORMAL, at


def next_morning(calendar: WorkingTime, at: datetime) -> datetime:
    """The next seven o'clock where the calendar holds."""
    wall = at.astimezone(calendar.zone)
    days = 1 if wall.time() >= MORNING else 0
    return datetime.combine(wall.date() + timedelta(days), MORNING, calendar.zone)
