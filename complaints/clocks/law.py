"""The day by which the law wants an answer, counted from the day of the first receipt, which is day 0 (2.1 nos. 1, 5).

The last day counts to its end. A last day that is a holiday is not put off: earlier is never too late.
"""

from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from complaints.clocks.deriving import Law
from complaints.models import ComplaintRules
from jobs.schedule import moment
from staff.models import Unit
from staff.unit_calendar import calendar_of

DAY = timedelta(days=1)
SEARCHED = 731  # days in which working days are looked for


def law_of(received_at: datetime, rules: ComplaintRules, branch: Unit) -> Law:
    working = rules.legal_in == ComplaintRules.LegalDays.WORKING
    marked = {"warning": rules.warned_day, "critical": rules.critical_day, "last day": rules.legal_days}
    marks = tuple((step, begin_of(received_at, n, branch, working=working)) for step, n in marked.items())
    over = end_of(received_at, rules.legal_days, branch, working=working)
    return Law(over, (*marks, ("over", over)), f"{rules.legal_in} {' '.join(map(str, marked.values()))}")


def begin_of(at: datetime, n: int, branch: Unit, *, working: bool = False) -> datetime:
    """The beginning of the n-th day, or working day by the branch's calendar, after the day of `at`."""
    return _begins(_day(at, n, branch, working), branch)


def end_of(at: datetime, n: int, branch: Unit, *, working: bool = False) -> datetime:
    """The end of that day."""
    return _begins(_day(at, n, branch, working) + DAY, branch)


def _day(at, n, branch, working):
    first = at.astimezone(ZoneInfo(branch.time_zone)).date()
    return _working_day(calendar_of(branch), first, n) if working else first + n * DAY


def _working_day(hours, first, n):
    """Where hardly any day is a working day, days of the calendar count."""
    worked = (day for ahead in range(1, SEARCHED) if hours.windows_on(day := first + ahead * DAY))
    return next(islice(worked, n - 1, None), first + n * DAY)


def _begins(day, branch):
    return moment(datetime.combine(day, datetime.min.time()), ZoneInfo(branch.time_zone))
