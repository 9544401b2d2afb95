"""What of an account's late fee can be waived, and how a waiver comes into its bills.

What a bill asks for already becomes less. What no bill has asked for yet is asked for and waived in the same moment:
the bill stays as it is, and that part of the fee does not come back.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing import late_fee, ledger
from billing.models import Adjustment, Bill, BillingRules, Waiver

LEAST = Decimal(0)


@dataclass(frozen=True)
class Part:
    """Of one bill: what it asks for as late fee, and what has come up since."""

    bill: Bill
    asked: Decimal
    running: Decimal

    @property
    def sum(self) -> Decimal:
        return self.asked + self.running


def parts(account, day: date, rules: BillingRules) -> list[Part]:
    """Of the overdue bills of an account that have something to waive, the oldest first."""
    bills = Bill.objects.overdue(day).filter(account=account).order_by("due_on", "pk")
    found = [_part(bill, day, rules) for bill in late_fee.with_history(bills)]
    return [part for part in found if part.sum]


def _part(bill, day, rules):
    asked, waived = late_fee.booked(bill)
    return Part(bill, min(max(asked - waived, LEAST), bill.open), late_fee.of_bill(bill, day, rules))


def waivable(account, day: date, rules: BillingRules) -> Decimal:
    return sum((part.sum for part in parts(account, day, rules)), LEAST)


def book(waiver: Waiver, found: list[Part], by) -> int:
    """Adjust the bills of `found`, in their order, by what is waived; how many adjustments were new.

    The account is locked, and `found` comes to the waiver's amount at least. Twice is once.
    """
    left, rows = waiver.amount, []
    for part in found:
        share = min(part.sum, left)
        left -= share
        rows += _adjustments(waiver, part, share, by)
    return ledger.adjust(rows)


def _adjustments(waiver, part, share, by):
    """What was not asked for yet is asked for first, so that no bill is ever less than nothing."""
    if running := max(share - part.asked, LEAST):
        yield _adjustment(waiver, part.bill, Adjustment.Kind.LATE_FEE, running, by)
    if share:
        yield _adjustment(waiver, part.bill, Adjustment.Kind.WAIVER, -share, by)


def _adjustment(waiver, bill, kind, amount, by):
    return Adjustment(
        branch_id=waiver.branch_id, bill=bill, ref=f"waiver/{waiver.pk}/{bill.pk}/{kind}", kind=kind, amount=amount,
        reason=waiver.reason, by=by,
    )  # fmt: skip
