"""Contracts that come to their end, in steps of days: the same steps on the home page and in the customer list."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

STEPS = {30: _("Within 30 days"), 60: _("In 31 to 60 days"), 90: _("In 61 to 90 days")}


def ending(step: int, today: date) -> Q:
    """Lines still on the network whose contract ends in that step, seen from `today`."""
    first = step - 29 if step > 30 else 0
    span = (today + timedelta(days=first), today + timedelta(days=step))
    return Q(contract_end__range=span) & ~Q(status="off_net")
