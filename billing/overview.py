"""What the customer's page says about money: each account as it stands, what was spent, and what stands out.

Two queries whatever the number of accounts and bills.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter

from django.db.models import OuterRef, Q, Subquery

from billing import bars, late_fee, newcomers
from billing.models import Account, Bill, BillingRules, Payment
from billing.shock import Shock, months_before, shock
from billing.spend import Spend, spend_of, with_use
from billing.standing import Arrears, is_low

AT_FIRST = 8  # accounts; the list has all of them
WAYS = dict(Account.Way.choices)


@dataclass(frozen=True)
class Standing:
    """One account today. `overdue` and `late_fee` are sums, `since` the oldest day it should have been paid by."""

    account: Account  # with last_at, last_amount and last_way of its last payment
    overdue: Decimal
    since: date | None
    days: int
    late_fee: Decimal
    low: bool
    shock: Shock | None
    late: list[Bill]  # what is overdue, oldest first

    @property
    def last_way(self):
        return WAYS[self.account.last_way]


@dataclass(frozen=True)
class Overview:
    rules: BillingRules
    standings: list[Standing]
    more: int
    arrears: Arrears | None
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


def overview(customer, accounts, day: date) -> Overview | None:
    """Of a customer's accounts (a queryset within the reader's reach); None where there are none."""
    rows = with_use(_with_last_payment(accounts), day)
    found = list(rows.select_related("branch__billing_rules").order_by("-owed", "pk"))
    if not found:
        return None
    rules, bills = _rules(found[0].branch), _bills(found, day)
    late = {one.pk: [bill for bill in bills[one.pk] if bill.open and bill.due_on < day] for one in found}
    spent = spend_of([one for one in found if one.currency == found[0].currency], day)
    return Overview(
        rules=rules,
        standings=_standings(found[:AT_FIRST], bills, late, day, rules),
        more=max(len(found) - AT_FIRST, 0),
        arrears=_arrears(found, late, day),
        spend=spent,
        chart=bars.chart({part.code: part.sums for part in spent.parts}) if spent else None,
        new_until=_new_until(customer, bills, day, rules),
    )


def _with_last_payment(accounts):
    last = Payment.objects.filter(account=OuterRef("pk"), reversed_at=None).order_by("-at")
    return accounts.annotate(**{f"last_{name}": Subquery(last.values(name)[:1]) for name in ("at", "amount", "way")})


def _rules(branch):
    return getattr(branch, "billing_rules", None) or BillingRules(branch=branch)


def _bills(accounts, day):
    """By account: what is still open, and what the months that a shock is judged by came to."""
    recent = Q(month__gte=months_before(day.replace(day=1), 13)) | Q(open__gt=0)
    by_account = defaultdict(list)
    for bill in late_fee.with_history(Bill.objects.filter(recent, account__in=accounts)).defer("ref", "weighed_at"):
        by_account[bill.account_id].append(bill)
    return by_account


def _standings(accounts, bills, late, day, rules):
    fees = late_fee.of_bills([bill for one in accounts for bill in late[one.pk]], day, rules)
    return [
        Standing(
            account=one,
            **_overdue(late[one.pk], day),
            late_fee=fees.get(one.pk, Decimal(0)),
            low=is_low(one, rules),
            shock=_shock(bills[one.pk], rules),
            late=sorted(late[one.pk], key=attrgetter("due_on", "pk")),
        )
        for one in accounts
    ]


def _overdue(late, day):
    since = min((bill.due_on for bill in late), default=None)
    overdue = sum((bill.open for bill in late), Decimal(0))
    return {"overdue": overdue, "since": since, "days": (day - since).days if since else 0}


def _arrears(accounts, late, day):
    """What `standing.arrears` asks the database for, of rows at hand."""
    sums, due = defaultdict(Decimal), []
    for one in accounts:
        for bill in late[one.pk]:
            sums[one.currency] += bill.open
            due.append(bill.due_on)
    return Arrears(dict(sorted(sums.items())), min(due), (day - min(due)).days) if due else None


def _shock(bills, rules):
    months = defaultdict(Decimal)
    for bill in bills:
        months[bill.month] += bill.amount
    return shock(months, rules)


def _new_until(customer, bills, day, rules):
    """The day by which a new customer pays for the first time; None for everybody else."""
    if not newcomers.is_new(customer, day, rules):
        return None
    first = min((bill.due_on for found in bills.values() for bill in found), default=None)
    return newcomers.first_due(customer.joined_on, first, rules)
