"""Dunning: its cases, requests to the billing system, promises, holds and exempt lines."""

from datetime import timedelta

from django.utils import timezone

from billing.dunning import bringing_in, counting, foreseeing
from billing.models import (
    BroughtIn,
    CaseCount,
    DunningRules,
    Exemption,
    FrozenNumber,
    KeptSums,
    PaymentPromise,
    Scenario,
    Waiver,
)
from tests import dunning, make, money
from tests.leaks.canaries import registry

FACTORIES, of = registry()


@of("billing.DunningRules")
def dunningrules(w):
    return DunningRules.objects.create(branch=w.branch)


@of("billing.DunningCase")
def dunningcase(w):
    """One with a reminder on record."""
    made = dunning.case(dunning.overdue(account=money.account(w.customer, ref=w.hide("account in arrears"))))
    w.reminder = dunning.reminder(made)
    return made


@of("billing.DryRun")
def dryrun(w):
    return foreseeing.foresee(w.branch, w.branch.today())


@of("billing.Scenario")
def scenario(w):
    return Scenario.objects.create(branch=w.branch, code="own", order=9, name=w.tell("scenario"))


@of("billing.ServiceRequest")
def servicerequest(w):
    return dunning.stop(w.dunningcase, reminder=w.reminder, reason=w.hide("reason"))


@of("billing.FrozenNumber")
def frozennumber(w):
    line = make.line(w.customer, status="off_net")
    until = timezone.localdate() + timedelta(days=90)
    fields = {"account": w.account, "line": line, "number": w.hide_number("frozen", masked=False), "until": until}
    return FrozenNumber.objects.create(branch=w.branch, **fields)


@of("billing.Hold")
def hold(w):
    return w.account.holds.create(branch=w.branch, bill=w.bill, kind="dispute", key="hold", reason=w.hide("dispute"))


@of("billing.Exemption")
def exemption(w):
    line = make.line(w.customer)
    said = {"kind": "hospital", "reason": w.hide("exemption"), "asked_by": make.user("dunning_clerk", w.north)}
    return Exemption.objects.create(branch=w.branch, line=line, **said)


@of("billing.PaymentPromise")
def paymentpromise(w):
    """One that is open; beside it an overdue bill whose account has none."""
    w.late_bill = dunning.overdue(account=money.account(w.customer)).bills.get()
    w.late_account = w.late_bill.account
    day = timezone.localdate() + timedelta(days=5)
    said = {"key": "promise", "made_by": w.owner, "note": w.hide("promise"), "next_on": day}
    made = PaymentPromise.objects.create(branch=w.branch, account=w.dunningcase.account, case=w.dunningcase, **said)
    made.parts.create(n=1, due_on=day, amount="1.00")
    return made


@of("billing.Waiver")
def waiver(w):
    """Small enough for everybody who decides."""
    said = {"key": "waiver", "amount": "0.01", "at_once": 0, "asked_by": make.user("dunning_clerk", w.branch)}
    return Waiver.objects.create(branch=w.branch, account=w.dunningcase.account, reason=w.hide("why waived"), **said)


@of("billing.KeptSums")
def keptsums(w):
    """Of the one case, which is in the north."""
    counting.count_cases(w.branch, timezone.now())
    bringing_in.keep_all(w.branch, timezone.now())
    return KeptSums.objects.get(branch=w.branch)


@of("billing.CaseCount")
def casecount(w):
    return CaseCount.objects.get(branch=w.branch)


@of("billing.BroughtIn")
def broughtin(w):
    return BroughtIn.objects.filter(branch=w.branch, unit=w.customer.unit).first()
