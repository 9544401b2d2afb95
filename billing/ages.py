"""How old debt is: what is open, by the days since it should have been paid."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import Bill

# (name, words, days overdue from, up to)
AGES = [
    ("not_due", _("Not due yet"), None, 0),
    ("to_30", _("1–30 days"), 1, 30),
    ("to_60", _("31–60 days"), 31, 60),
    ("to_90", _("61–90 days"), 61, 90),
    ("over_90", _("Over 90 days"), 91, None),
]


@dataclass(frozen=True)
class Age:
    words: Promise
    amount: Decimal
    late: bool


def of_account(account, day: date) -> list[Age]:
    """What an account owes by age, the youngest first. One query."""
    parts = {name: Sum("open", filter=_between(day, first, last)) for name, words, first, last in AGES}
    sums = Bill.objects.unpaid().filter(account=account).aggregate(**parts)
    return [Age(words, sums[name] or Decimal(0), first is not None) for name, words, first, last in AGES]


def _between(day, first, last):
    """Overdue for at least `first` and at most `last` days."""
    between = Q()
    if first is not None:
        between &= Q(due_on__lte=day - timedelta(days=first))
    if last is not None:
        between &= Q(due_on__gte=day - timedelta(days=last))
    return between
