"""The day it is in a branch."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, F, Func, Value
from django.utils import timezone

from staff.models import Unit


def day_in(branch: Unit, at: datetime) -> date:
    return timezone.localdate(at, ZoneInfo(branch.time_zone))


class DayIn(Func):
    """The same in a query: `DayIn(at, "branch")` of rows that have a branch."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = DateField()

    def __init__(self, at, branch="branch", **options):
        if isinstance(at, datetime):
            super().__init__(Value(at, DateTimeField()), F(f"{branch}__time_zone"), **options)
        else:  # a copy of this expression, made by Django
            super().__init__(at, branch, **options)
