"""Cases, steps and reminders for tests."""

from datetime import timedelta
from itertools import count

from django.db.models import Min
from django.utils import timezone

from billing.dunning import shipped
from billing.models import (
    CaseStep,
    DunningCase,
    Exemption,
    PaymentPromise,
    Reminder,
    Scenario,
    ServiceRequest,
    Waiver,
)
from outreach.models import Message
from tests import make, money

number = count(1)


def overdue(days=1, amount="59.00", account=None, **fields):
    """An account with one bill that could be paid until so many days ago."""
    account = account or money.account(**fields)
    due_on = timezone.localdate() - timedelta(days=days)
    month = (due_on.replace(day=1) - timedelta(days=1)).replace(day=1)
    money.bill(account, amount, month=month, issued_on=due_on - timedelta(days=15), due_on=due_on)
    account.refresh_from_db()
    return account


def version(branch, code="mobile"):
    """What is shipped, in use."""
    shipped.ship(branch)
    return Scenario.objects.get(branch=branch, code=code).versions.get(current=True)


def case(account=None, code="mobile", **fields):
    """An open case; by itself nothing of it is planned."""
    account = account or overdue()
    day = timezone.localdate()
    first = {"cycle": account.dunning_cases.count() + 1, "since": day, "opened_on": day, "overdue_then": account.owed}
    return DunningCase.objects.create(
        branch=account.branch, account=account, version=version(account.branch, code), **first | fields
    )


def step(case, n=1, **fields):
    """The n-th step of a case, planned; with a message it is done."""
    fields = {"planned_for": timezone.localdate()} | fields
    return CaseStep.objects.create(case=case, step=case.version.steps.get(n=n), **fields)


def taken(message, state="accepted", **fields):
    """What the gateway said of the message in the end."""
    Message.objects.filter(pk=message.pk).update(state="submitting", lease_token="0" * 32)
    Message.objects.filter(pk=message.pk).update(state=state, lease_token=None, **fields)


def reminder(case, hours=25, n=1, **fields):
    """One on record for so many hours, of the oldest bill that is overdue, or else of what the case began with."""
    message, day = make.message(case.account.customer), timezone.localdate()
    owed = case.account.bills.dunned(day)
    oldest, bills = owed.aggregate(since=Min("due_on"))["since"], sorted(owed.values_list("pk", flat=True))
    fields = {"since": oldest or case.since, "bills": bills, "done_at": timezone.now()} | fields
    done = step(case, n, message=message, state="done", recorded=True, **fields)
    taken(message)
    at = timezone.now() - timedelta(hours=hours)
    return Reminder.objects.create(account=case.account, step=done, how="accepted", message=message, at=at)


def request(account, line=None, action="restore", origin="paid", **fields):
    """Asked of the billing system."""
    line = line or make.line(account.customer)
    fields = {"key": f"request {next(number)}"} | fields
    return ServiceRequest.objects.create(
        branch=account.branch, account=account, line=line, action=action, origin=origin, **fields
    )


def stop(case, action="suspend_one_way", line=None, **fields):
    """A stop for arrears, with the reminder it needs."""
    proof = {"case": case, "reminder": fields.pop("reminder", None) or reminder(case)}
    return request(case.account, line, action, "arrears", **proof | fields)


# One of each that moves through states, in a state with the columns that it goes with.


def case_with(state):
    closed = state == "closed"
    return {"ended_at": timezone.now() if closed else None, "ended_for": "paid" if closed else "", "next_on": None}


def case_in(state):
    return case(state=state, **case_with(state))


def step_with(state):
    done_at = timezone.now() if state == "done" else None
    return {"done_at": done_at, "reason": "paid" if state == "left_out" else ""}


def step_in(state):
    return step(case(), state=state, **step_with(state))


def promise_with(state):
    return {"ended_at": None if state == "open" else timezone.now()}


def promise_in(state):
    kept, day = case(), timezone.localdate()
    said = {"key": f"promise in {next(number)}", "made_by": make.user("clerk", kept.branch), "next_on": day}
    return PaymentPromise.objects.create(
        branch=kept.branch, account=kept.account, case=kept, state=state, **said | promise_with(state)
    )


def request_with(state):
    return {"ended_at": None if state in ServiceRequest.OPEN else timezone.now()}


def request_in(state):
    return request(money.account(), state=state, **request_with(state))


def exemption_in(state):
    line = make.line(make.customer())
    asker, decider = (make.user("clerk", line.customer.unit) for _ in range(2))
    said = {"kind": "police", "reason": "x", "asked_by": asker, "decided_by": decider, "decided_at": timezone.now()}
    return Exemption.objects.create(branch=line.branch, line=line, state=state, **said)


def waiver_with(state):
    return {"answer": "x" if state == "refused" else ""}


def waiver_in(state):
    """Asked for by one, and decided on by another where it is decided."""
    late = overdue()
    asker, decider = (make.user("dunning_clerk", late.branch) for _ in range(2))
    said = {"key": f"waiver in {next(number)}", "amount": 1, "at_once": 0, "reason": "x", "asked_by": asker}
    decided = {"decided_by": decider, "decided_at": timezone.now()}
    return Waiver.objects.create(branch=late.branch, account=late, state=state, **said, **decided, **waiver_with(state))
