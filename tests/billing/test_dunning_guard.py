"""No reminder of what is paid, disputed, promised or stopped leaves the house (A25, A26)."""

import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from billing import starter
from billing.dunning import guard, planning
from billing.dunning.carrying_out import carry_out
from billing.models import CaseStep, DunningCase
from outreach import sending
from outreach.models import Attempt, Message
from tests import dunning, make, money
from tests.outreach.operator import operating
from tests.race import held

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    make.rules(made)
    return made


def noticed(branch):
    """The step of a first notice that is due in the outbox."""
    account = dunning.overdue(customer=make.reachable(branch))
    planning.plan_account(account, timezone.now())
    carry_out(timezone.now())
    return CaseStep.objects.get(case__account=account)


@transaction.atomic
def asked(*messages):
    said = guard.ask(list(messages), timezone.now())
    return [said.get(one.pk) and said[one.pk].reason for one in messages]


def test_what_is_still_owed_may_be_asked_for(branch):
    assert asked(noticed(branch).message) == [None]


def test_other_messages_are_none_of_its_business(branch):
    assert asked(make.message(make.reachable(branch))) == [None]


@pytest.mark.practice("A25")
def test_each_is_told_what_keeps_it_back(branch):
    paid, disputed, promised, stopped, part, closed = (noticed(branch) for _ in range(6))
    money.payment(paid.case.account, "59.00")
    money.payment(part.case.account, "9.00")
    by = make.user("dunning_clerk", branch)
    dispute = {"bill": disputed.case.account.bills.get(), "kind": "dispute", "key": "d", "reason": "x"}
    disputed.case.account.holds.create(branch=branch, **dispute)
    promised.case.account.payment_promises.create(branch=branch, case=promised.case, key="p", made_by=by)
    stopped.case.account.holds.create(
        branch=branch, kind="manual", key="h", reason="x", until=timezone.localdate() + timedelta(days=1)
    )
    DunningCase.objects.filter(pk=closed.case_id).update(
        state="closed", ended_for="written_off", ended_at=timezone.now(), next_on=None, next_step=None
    )
    steps = (paid, disputed, promised, stopped, part, closed)
    assert asked(*(one.message for one in steps)) == [
        "paid", "disputed", "promise", "dunning_stopped", "changed", "settled_by_now",
    ]  # fmt: skip


def test_one_that_may_have_arrived_is_not_kept_back_for_another_sum(branch):
    step = noticed(branch)
    money.payment(step.case.account, "9.00")
    step.message.state = "unknown"
    assert asked(step.message) == [None]


def test_an_account_that_somebody_books_on_is_asked_about_again_soon(branch):
    step = noticed(branch)
    with held(step.case.account):
        with transaction.atomic():
            no = guard.ask([step.message], timezone.now())[step.message_id]
        assert no.reason == "being_booked"
        assert no.until - timezone.now() < timedelta(seconds=6)


@pytest.mark.practice("A25", "A26")
def test_whatever_is_paid_while_it_waits_is_never_asked_for(branch, settings):
    """Payments and senders at random; then no message was claimed after the payment of its account was kept."""
    with operating(idempotent=True) as operator:
        settings.GATEWAYS = {"sms": operator.url(name="sms"), "email": ""}
        steps = [noticed(branch) for _ in range(24)]
        hammer([one.case.account for one in steps[:18]], senders=2, payers=2)
        refs = {one["ref"] for one in operator.arrived}
    steps = CaseStep.objects.filter(pk__in=[one.pk for one in steps]).select_related("case", "message")
    for step in steps:
        sent = str(step.message.ref) in refs
        if step.case.state == "closed":
            assert step.message.state in ("accepted", "withheld"), step.message.state
            claimed = Attempt.objects.filter(message=step.message).values_list("started_at", flat=True).first()
            assert not sent or claimed < step.case.ended_at
        else:
            assert sent
    assert sum(step.case.state == "closed" for step in steps) == 18


def hammer(accounts, *, senders, payers):
    """Pay for all of the accounts while senders send, until nothing is left to send."""
    paying = [threading.Thread(target=pay, args=(accounts[n::payers],)) for n in range(payers)]
    over = threading.Event()
    sendings = [threading.Thread(target=send, args=(over,)) for _ in range(senders)]
    for thread in paying + sendings:
        thread.start()
    for thread in paying:
        thread.join()
    over.set()
    for thread in sendings:
        thread.join()


def pay(accounts):
    try:
        for account in accounts:
            time.sleep(random.uniform(0, 0.03))
            money.payment(account, account.owed)
    finally:
        connection.close()


def send(over):
    try:
        while Message.objects.filter(state="planned").exists() or not over.is_set():
            sending.sms()
            Message.objects.filter(state="planned", reason="being_booked").update(next_at=timezone.now())
    finally:
        connection.close()
