"""Each new bill is weighed against the months before it; an unusually high one is told to the customer (D11).

Found once for a bill, and once for a month of an account: a proactive follow-up of the customer's manager, or of the
people of their unit, and a row that supervisors see with what came of it. Bills of months long past say nothing.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import ledger, money
from billing.models import Bill, BillingRules, BillShock
from billing.shock import Shock, months_before, shock
from work import owing
from work.models.states import Kind, Origin, Priority

BATCH = 1000
RECENT = timedelta(days=45)  # since the bill was issued


@transaction.atomic
def weigh(at: datetime) -> tuple[int, int]:
    """Weigh up to BATCH bills that nobody has weighed: how many they were, and how many were shocks."""
    waiting = Bill.objects.filter(weighed_at=None).order_by("pk").values_list("pk", "account_id")[:BATCH]
    owners = dict(waiting)
    ledger.lock(owners.values())
    bills = Bill.objects.filter(pk__in=owners, weighed_at=None).order_by("pk")
    bills = list(bills.select_related("account__customer__manager", "account__customer__unit"))
    found = [_tell(bill, high, rules, at) for bill, high, rules in _high(bills, at)]
    Bill.objects.filter(pk__in=[bill.pk for bill in bills]).update(weighed_at=at)
    return len(bills), len(found)


def _high(bills, at):
    """(bill, its Shock, the rules it was found by), one for a month of an account: of its bills the last."""
    rules = {branch: BillingRules.of(branch) for branch in {bill.branch_id for bill in bills}}
    months = _months(bills)
    last = {(bill.account_id, bill.month): bill for bill in bills if bill.issued_on >= timezone.localdate(at) - RECENT}
    told = set(BillShock.objects.filter(bill__account__in=months).values_list("bill__account", "bill__month"))
    for key in last.keys() - told:
        bill = last[key]
        high = shock(months[bill.account_id], rules[bill.branch_id])
        if high and high.month == bill.month:
            yield bill, high, rules[bill.branch_id]


def _months(bills) -> dict[int, dict]:
    """By account: what the bills of each of the last months came to."""
    if not bills:
        return {}
    oldest = months_before(min(bill.month for bill in bills), 12)
    rows = Bill.objects.filter(account__in={bill.account_id for bill in bills}, month__gte=oldest)
    months = defaultdict(dict)
    for account, month, amount in rows.values_list("account", "month").annotate(Sum("amount")):
        months[account][month] = amount
    return months


def _tell(bill: Bill, high: Shock, rules: BillingRules, at: datetime) -> BillShock:
    customer, manager = bill.account.customer, bill.account.customer.manager
    usual = high.usual.quantize(Decimal("0.01"))
    follow_up = owing.owe(
        customer,
        Kind.PROACTIVE,
        _said(bill, high.amount, usual),
        key=f"bill-shock:{bill.pk}",
        due_at=at,
        late_at=at + timedelta(hours=rules.shock_told_within),
        by=None,
        owner=manager if manager and owing.follows_up(manager, customer.branch_id) else None,
        unit=customer.unit,
        about=bill,
        origin=Origin.ANALYSIS,
        priority=Priority.HIGH,
    )
    return BillShock.objects.create(
        branch_id=bill.branch_id, bill=bill, amount=high.amount, usual=usual, follow_up=follow_up
    )


def _said(bill, amount, usual):
    currency = bill.account.currency
    words = {"month": f"{bill.month:%Y-%m}", "sum": money.said(amount, currency), "usual": money.said(usual, currency)}
    return _("Explain the bill of %(month)s: %(sum)s, usually %(usual)s") % words
