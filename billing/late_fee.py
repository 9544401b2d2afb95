"""What paying late has cost so far: a share of the overdue sum for each day (domain 2.1 no. 8).

A sum is overdue from the day after the due day; the fee runs once it has been so for `late_fee_after` days more. Each
day costs `late_fee_rate` of what was open when it began: the day of a payment is still paid for. No fee is taken on a
fee. The cents are rounded once, at the end, half up.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from billing.models import Adjustment, Allocation, Bill, BillingRules

CENT = Decimal("0.01")
FEES = {Adjustment.Kind.LATE_FEE, Adjustment.Kind.WAIVER}


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
    return of_bills(list(Bill.objects.overdue(day).filter(account__in=accounts)), day, rules)


def of_bills(bills: list[Bill], day: date, rules: BillingRules) -> dict[int, Decimal]:
    """The same for overdue bills at hand: one query where any is paid in part, one where any was changed."""
    paid_by = Prefetch("allocations", Allocation.objects.select_related("payment"))
    prefetch_related_objects([bill for bill in bills if bill.paid], paid_by)
    prefetch_related_objects([bill for bill in bills if bill.adjusted], "adjustments")
    fees = defaultdict(Decimal)
    for bill in bills:
        fees[bill.account_id] += of_bill(bill, day, rules)
    return {account: total for account, total in fees.items() if total}


def of_bill(bill: Bill, day: date, rules: BillingRules) -> Decimal:
    """The late fee of one bill, less what it already asks for as such."""
    changes = bill.adjustments.all() if bill.adjusted else ()
    booked = sum((one.amount for one in changes if one.kind in FEES), Decimal(0))
    paid = _paid(bill) if bill.paid else []
    return max(fee(bill.amount + bill.adjusted - booked, paid, bill.due_on, day, rules) - booked, Decimal(0))


def _paid(bill):
    """(day, sum) of each payment; one that was taken back adds up to nothing."""
    paid = defaultdict(Decimal)
    for one in bill.allocations.all():
        paid[one.payment_id, timezone.localdate(one.payment.at)] += one.amount
    return [(day, amount) for (_, day), amount in paid.items() if amount > 0]
