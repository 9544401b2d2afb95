"""What paying late has cost so far: a share of the overdue sum for each day (domain 2.1 no. 8).

A sum is overdue from the day after the due day; the fee runs once it has been so for `late_fee_after` days more. Each
day costs `late_fee_rate` of what was open when it began: the day of a payment is still paid for. No fee is taken on a
fee. The cents are rounded once, at the end, half up.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from billing.models import Adjustment, Allocation, Bill, BillingRules

CENT = Decimal("0.01")


def fee(base: Decimal, paid: list[tuple[date, Decimal]], due_on: date, day: date, rules: BillingRules) -> Decimal:
    """The fee up to the end of `day` on `base`, less what was paid of it on which days."""
    started = due_on + timedelta(days=rules.late_fee_after)  # the last day that costs nothing
    left, day_sums = base, base * max(0, (day - started).days)
    for at, amount in sorted(paid):
        part = min(amount, left)
        left -= part
        day_sums -= part * max(0, (day - max(at, started)).days)
    return (day_sums * rules.late_fee_rate).quantize(CENT, ROUND_HALF_UP)


def so_far(accounts, day: date, rules: BillingRules) -> dict[int, Decimal]:
    """By account (ids): the late fee of its open bills that no bill has asked for yet; without one, no entry."""
    return of_bills(with_history(Bill.objects.overdue(day).filter(account__in=accounts)), day, rules)


def of_bills(bills: Iterable[Bill], day: date, rules: BillingRules) -> dict[int, Decimal]:
    """The same for overdue bills of `with_history`."""
    fees = defaultdict(Decimal)
    for bill in bills:
        fees[bill.account_id] += of_bill(bill, day, rules)
    return {account: total for account, total in fees.items() if total}


def of_bill(bill: Bill, day: date, rules: BillingRules) -> Decimal:
    """The late fee of one bill, less what was asked for as such already, waived later or not."""
    asked, waived = booked(bill)
    base = bill.amount + bill.adjusted - asked + waived
    return max(fee(base, _paid(bill), bill.due_on, day, rules) - asked, Decimal(0))


def booked(bill: Bill) -> tuple[Decimal, Decimal]:
    """What a bill of `with_history` asks for as late fee, and what of it was waived."""
    sums = defaultdict(Decimal)
    for one in bill.changes:
        sums[one["kind"]] += Decimal(one["amount"])
    return sums[Adjustment.Kind.LATE_FEE], -sums[Adjustment.Kind.WAIVER]


def with_history(bills):
    """A queryset of bills that bring along what the late fee is made of: their `uses` of payments
    ([{payment, at, amount}, …]) and their `changes` ([{kind, amount}, …])."""
    uses = Allocation.objects.filter(bill=OuterRef("pk"))
    changes = Adjustment.objects.filter(bill=OuterRef("pk"))
    amount = Cast("amount", TextField())  # a number of JSON would be a float
    return bills.annotate(
        uses=ArraySubquery(uses.values(one=JSONObject(payment="payment", at="payment__at", amount=amount))),
        changes=ArraySubquery(changes.values(one=JSONObject(kind="kind", amount=amount))),
    )


def _paid(bill):
    """(day, sum) of each payment; one that was taken back adds up to nothing."""
    paid = defaultdict(Decimal)
    for one in bill.uses:
        paid[one["payment"], timezone.localdate(datetime.fromisoformat(one["at"]))] += Decimal(one["amount"])
    return [(day, amount) for (_, day), amount in paid.items() if amount > 0]
