"""The single rows of an account: its bills with what paid and changed them, and its payments with what they paid."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import Account, Adjustment, Allocation, Bill, Payment

AT_FIRST = 24


@dataclass(frozen=True)
class Billed:
    """A bill, and the sums by payment that were used for it; what was taken back again is left out."""

    bill: Bill
    paid_by: list[tuple[Payment, Decimal]]
    adjustments: list[Adjustment]
    days: int  # overdue; 0: not


@dataclass(frozen=True)
class Paid:
    payment: Payment
    paid_for: list[tuple[Bill, Decimal]]


def bills(account: Account, user, day: date, most: int | None = AT_FIRST) -> list[Billed]:
    """Newest first, up to `most`. Three queries."""
    rows = Bill.objects.visible_to(user).filter(account=account).order_by("-month", "-pk")
    found = list(rows.prefetch_related("adjustments__by")[:most])
    used = _used(Allocation.objects.filter(bill__in=found).select_related("payment"), "bill_id", "payment")
    return [Billed(bill, used[bill.pk], list(bill.adjustments.all()), _days(bill, day)) for bill in found]


def payments(account: Account, user, most: int | None = AT_FIRST) -> list[Paid]:
    """Newest first, up to `most`. Two queries."""
    rows = Payment.objects.visible_to(user).filter(account=account).order_by("-at", "-pk")
    found = list(rows.select_related("by", "unit")[:most])
    used = _used(Allocation.objects.filter(payment__in=found).select_related("bill"), "payment_id", "bill")
    return [Paid(payment, used[payment.pk]) for payment in found]


def _days(bill, day):
    return max((day - bill.due_on).days, 0) if bill.open else 0


def _used(allocations, key, other):
    """By `key`: (the other record, the sum between the two), in the order in which they met."""
    sums, records = defaultdict(lambda: defaultdict(Decimal)), {}
    for one in allocations.order_by("pk"):
        found = getattr(one, other)
        records[found.pk] = found
        sums[getattr(one, key)][found.pk] += one.amount
    used = {
        owner: [(records[pk], amount) for pk, amount in parts.items() if amount > 0] for owner, parts in sums.items()
    }
    return defaultdict(list, used)
