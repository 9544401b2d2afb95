"""What is owed and paid, at the counter too."""

from datetime import timedelta

from django.utils import timezone

from billing import ledger
from billing.counter import reversing, tills
from billing.models import BillingRules, BillShock, MonthlyUsage
from tests import make, money
from tests.leaks.canaries import registry

FACTORIES, of = registry()


@of("billing.Account")
def account(w):
    return money.account(w.customer, ref=w.hide("account number"), name=w.hide("name on the bill"))


@of("billing.Bill")
def bill(w):
    return money.bill(w.account, ref=w.hide("bill number"))


@of("billing.Adjustment")
def adjustment(w):
    made = money.an_adjustment(w.bill, "-1.00", ref=w.hide("adjustment number"), reason=w.hide("reason"))
    ledger.adjust([made])
    return made


@of("billing.Payment")
def payment(w):
    return money.payment(w.account, "1.00", ref=w.hide("payment number"))


@of("billing.MonthlyUsage")
def monthlyusage(w):
    return MonthlyUsage.objects.create(branch=w.branch, account=w.account, month=money.MONTH, service="voice")


@of("billing.BillingRules")
def billingrules(w):
    return BillingRules.objects.create(branch=w.branch)


@of("billing.Shift")
def shift(w):
    """One that is open; beside it one that was left open, and one that waits for a signature."""
    yesterday = timezone.now() - timedelta(days=1)
    w.left_shift = money.till(make.user("clerk", w.north), "0.00", at=yesterday)
    w.counted_shift = money.till(make.user("clerk", w.north), "0.00")
    less = money.counted(w.counted_shift, cash="-1")
    tills.count(w.counted_shift, by=w.counted_shift.clerk, counted=less, explanation=w.hide("explanation"))
    return money.till(make.user("clerk", w.north))


@of("billing.Receipt")
def receipt(w):
    """One whose reversal is asked for, and a fresh one."""
    w.fresh_receipt, made = (
        money.paid(w.account, w.shift.clerk, "1.00", way="card", slip=w.hide("slip")) for _ in range(2)
    )
    return made


@of("billing.Reversal")
def reversal(w):
    return reversing.ask(w.receipt, by=w.shift.clerk, reason=w.hide("why"))


@of("billing.BillShock")
def billshock(w):
    fields = {"amount": 59, "usual": 1, "follow_up": make.follow_up(w.customer, w.owner, unit=w.north)}
    return BillShock.objects.create(branch=w.branch, bill=w.bill, **fields)
