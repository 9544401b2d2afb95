"""Bill shock: a bill far above what the customer usually pays (domain 2.1 no. 11)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import BillingRules


@dataclass(frozen=True)
class Shock:
    """The month's sum and the average of the months before it."""

    month: date
    amount: Decimal
    usual: Decimal


def shock(months: dict[date, Decimal], rules: BillingRules) -> Shock | None:
    """Whether the newest of `months` (first day of the month: what its bills came to) costs more than so many times the
    average of the months before it. Without a bill in each of those months there is no usual, and so no shock.
    """
    if not months:
        return None
    newest = max(months)
    before = [months.get(months_before(newest, n)) for n in range(1, rules.shock_months + 1)]
    if None in before:
        return None
    usual = sum(before) / len(before)
    found = Shock(newest, months[newest], usual)
    return found if found.amount > rules.shock_factor * usual else None


def months_before(month: date, count: int) -> date:
    """The first day of the month so many before `month`."""
    at = month.year * 12 + month.month - 1 - count
    return date(at // 12, at % 12 + 1, 1)
