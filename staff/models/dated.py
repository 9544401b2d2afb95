"""Rows that hold from one day to another: `valid_from` is the first day, `valid_to` the first one after; null: open."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Func, Q


class DateRange(Func):
    """`daterange(from, to)`: from included, to excluded, an empty `to` means open."""

    function = "daterange"
    output_field = DateRangeField()


class DatedQuerySet(models.QuerySet):
    def on(self, day):
        """The rows that hold on `day`."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
