"""Limits are of what a person gives away in thirty days, in however many pieces."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

LATELY = timedelta(days=30)


def asked_lately(at: datetime, **which) -> Q:
    """What was asked for in the thirty days before `at`."""
    return Q(asked_at__gt=at - LATELY, **which)


def total(rows: QuerySet) -> Decimal:
    """The sum of their amounts; 0 of none."""
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
