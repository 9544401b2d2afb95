"""What the customer's page says about money: each account as it stands, what was spent, and what stands out.

Six queries, two more where something is overdue, whatever the number of accounts and bills.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from billing import bars, late_fee, newcomers
from billing.models import Account, Bill, BillingRules, Payment
from billing.shock import Shock, months_before, shock
from billing.spend import Spend, spend
from billing.standing import is_low

AT_FIRST = 8  # accounts; the list has all of them


@dataclass(frozen=True)
class Standing:
    """One account today. `overdue` and `late_fee` are sums, `since` the oldest day it should have been paid by."""

    account: Account
    overdue: Decimal
    since: date | None
    days: int
    late_fee: Decimal
    low: bool
    last: Payment | None
    shock: Shock | None


@dataclass(frozen=True)
class Overview:
    standings: list[Standing]
    more: int
    spend: Spend | None
    chart: bars.Chart | None
    new_until: date | None  # a new customer's first due day

    @property
    def currency(self) -> str:
        return self.standings[0].account.currency

    @property
    def columns(self):
        """(bar, month, sum) of the chart, oldest first."""
        return zip(self.chart.bars, self.spend.months, self.spend.sums, strict=True)


def overview(customer, accounts, day: date, rules: BillingRules) -> Overview | None:
    """Of a customer's accounts (a queryset within the reader's reach); None where there are none."""
    found = list(accounts.order_by("-owed", "pk"))
    if not found:
        return None
    shown = found[:AT_FIRST]
    bills = _bills(shown, day)
    spent = spend([one.pk for one in found if one.currency == found[0].currency], day)
    return Overview(
        standings=_standings(shown, bills, day, rules),
        more=len(found) - len(shown),
        spend=spent,
        chart=bars.chart({part.code: part.sums for part in spent.parts}) if spent else None,
        new_until=_new_until(customer, bills, day, rules),
    )


def _bills(accounts, day):
    """By account: what is still open, and what the months that a shock is judged by came to."""
    recent = Q(month__gte=months_before(day.replace(day=1), 13)) | Q(open__gt=0)
    rows = Bill.objects.filter(recent, account__in=accounts).only("account", "month", "due_on", "amount", "open")
    by_account = defaultdict(list)
    for bill in rows:
        by_account[bill.account_id].append(bill)
    return by_account


def _standings(accounts, bills, day, rules):
    late = {one.pk: [b for b in bills[one.pk] if b.open and b.due_on < day] for one in accounts}
    overdue = [key for key, found in late.items() if found]
    fees = late_fee.so_far(overdue, day, rules) if overdue else {}
    last = _last_payments(accounts)
    return [
        Standing(
            account=one,
            **_overdue(late[one.pk], day),
            late_fee=fees.get(one.pk, Decimal(0)),
            low=is_low(one, rules),
            last=last.get(one.pk),
            shock=_shock(bills[one.pk], rules),
        )
        for one in accounts
    ]


def _overdue(late, day):
    since = min((bill.due_on for bill in late), default=None)
    overdue = sum((bill.open for bill in late), Decimal(0))
    return {"overdue": overdue, "since": since, "days": (day - since).days if since else 0}


def _shock(bills, rules):
    months = defaultdict(Decimal)
    for bill in bills:
        months[bill.month] += bill.amount
    return shock(months, rules)


def _last_payments(accounts):
    rows = Payment.objects.filter(account__in=accounts, reversed_at=None).order_by("account", "-at").distinct("account")
    return {one.account_id: one for one in rows}


def _new_until(customer, bills, day, rules):
    """The day by which a new customer pays for the first time; None for everybody else."""
    if not newcomers.is_new(customer, day, rules):
        return None
    first = min((bill.due_on for found in bills.values() for bill in found), default=None)
    return newcomers.first_due(customer.joined_on, first, rules)
