"""Accounts, bills and payments for tests; booked through the ledger, as everywhere."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from django.utils import timezone

from billing import ledger
from billing.counter import reversing, taking, tills
from billing.models import Account, Adjustment, Bill, Payment, Reversal, Shift
from tests import make

number = count(1)
MONTH = date(2026, 10, 1)


def account(customer=None, **fields):
    customer = customer or make.customer()
    fields = {"ref": f"A{next(number)}", "way": "cash"} | fields
    return Account.objects.create(branch_id=customer.branch_id, customer=customer, **fields)


def a_bill(account, amount="59.00", **fields):
    """Not booked yet; issued on the 2nd of the month after, due 20 days later."""
    month = fields.setdefault("month", MONTH)
    issued = fields.setdefault("issued_on", (month + timedelta(days=31)).replace(day=2))
    fields = {"ref": f"B{next(number)}", "due_on": issued + timedelta(days=20)} | fields
    return Bill(branch_id=account.branch_id, account=account, amount=Decimal(amount), **fields)


def a_payment(account, amount="59.00", **fields):
    fields = {"ref": f"P{next(number)}", "source": "billing", "way": "wechat", "at": timezone.now()} | fields
    return Payment(branch_id=account.branch_id, account=account, amount=Decimal(amount), **fields)


def an_adjustment(bill, amount, **fields):
    fields = {"ref": f"J{next(number)}", "kind": "credit"} | fields
    return Adjustment(branch_id=bill.branch_id, bill=bill, amount=Decimal(amount), **fields)


def bill(account, amount="59.00", **fields):
    made = a_bill(account, amount, **fields)
    ledger.book_bills([made])
    return Bill.objects.get(branch=account.branch_id, ref=made.ref)


def payment(account, amount="59.00", **fields):
    made = a_payment(account, amount, **fields)
    ledger.book_payments([made])
    return Payment.objects.get(branch=account.branch_id, source=made.source, ref=made.ref)


def till(clerk, opening_float="100.00", **fields):
    """An open shift of the clerk."""
    return tills.open_shift(by=clerk, opening_float=Decimal(opening_float), **fields)


def paid(account, clerk, amount="59.00", way="cash", **fields):
    """A receipt for a payment at the counter, within the clerk's open shift."""
    fields = {"key": uuid4(), "slip": "" if way == "cash" else f"T{next(number)}"} | fields
    return taking.take_payment(account, by=clerk, amount=Decimal(amount), way=way, **fields)


def taken_back(receipt, clerk, approver, reason="wrong account"):
    """A reversal that was asked for and approved."""
    return reversing.approve(reversing.ask(receipt, by=clerk, reason=reason), by=approver)


def counted(shift, **differences):
    """What counting the till gives: what was recorded, and so much more or less of a way."""
    return {way: sum + Decimal(differences.get(way, "0")) for way, sum in tills.recorded(shift).items()}


def shift_in(state):
    """A shift with whatever any of its states asks for."""
    hall = make.unit("hall", make.unit("department"))
    clerk, counter = (make.user("clerk", hall) for _ in range(2))
    when = {"counted_at": timezone.now(), "counted_by": counter}
    return Shift.objects.create(branch=hall.home, unit=hall, clerk=clerk, state=state, **when)


def reversal_in(state):
    """The same of a reversal."""
    shift = till(make.user("clerk", make.unit("hall", make.unit("department"))))
    receipt = paid(account(make.customer(shift.unit)), shift.clerk)
    decided = {"decided_by": make.user("duty_manager", shift.unit), "decided_at": timezone.now(), "answer": "x"}
    asked = {"branch": shift.branch, "receipt": receipt, "asked_by": shift.clerk, "reason": "x"}
    return Reversal.objects.create(state=state, shift=shift, **asked, **decided)
