"""Planning, carrying out, payments and promises beside each other (A25)."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from billing import ledger, starter
from billing.dunning import carrying_out, planning, recording, reviewing
from billing.models import CaseStep, DunningCase, Reminder
from outreach.models import Message
from tests import dunning, make, money
from tests.race import race, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    customer = make.reachable()
    starter.plant(customer.branch)
    return dunning.overdue(customer=customer)


def plan():
    return planning.plan_some(0, timezone.now())


def carry_out():
    return carrying_out.carry_out(timezone.now())


def stands():
    """Of each case its state, and of each of its steps."""
    cases = DunningCase.objects.order_by("pk").values_list("pk", "state")
    return [(state, list(CaseStep.objects.filter(case=pk).values_list("state", flat=True))) for pk, state in cases]


def test_two_plans_are_one(account):
    race(account, plan, runners=3)
    assert stands() == [("overdue", ["planned"])]


def test_a_plan_and_a_payment_leave_no_case_of_what_is_paid(account):
    race(account, [plan, lambda: money.payment(account, account.owed)])
    assert stands() in ([], [("closed", ["left_out"])], [("closed", [])])
    plan()
    assert DunningCase.objects.open().count() == 0


@pytest.mark.parametrize("n", range(4))
def test_carrying_out_and_a_payment_leave_no_message_that_may_go(account, n):
    plan()
    together([carry_out, carry_out, lambda: money.payment(account, account.owed)])
    carry_out()
    [(state, [step])] = stands()
    assert state == "closed"
    assert step in ("left_out", "done")
    assert Message.objects.count() == (step == "done")


def test_two_that_carry_out_write_once(account):
    plan()
    together(carry_out)
    carry_out()
    assert stands() == [("notice_1", ["done"])]
    assert Message.objects.count() == 1


@pytest.mark.parametrize("n", range(4))
def test_carrying_out_and_a_promise_never_both_count(account, n):
    plan()
    case = account.dunning_cases.get()
    by = make.user("dunning_clerk", account.branch)

    @transaction.atomic
    def promise():
        ledger.lock([account.pk])
        done = CaseStep.objects.filter(state="done").exists()
        account.payment_promises.create(branch=account.branch, case=case, key="p", made_by=by)
        return done

    _looked, was_done = together([carry_out, promise])
    carry_out()
    step = CaseStep.objects.get()
    assert (step.state == "done") == was_done
    assert step.state == "done" or step.waits_for == "promise" or step.look_at <= timezone.now()


def test_two_that_look_again_end_a_cycle_once(account):
    plan()
    account.bills.update(due_on=timezone.localdate() + timedelta(days=1))

    @transaction.atomic
    def review():
        return reviewing.review(ledger.lock([account.pk]))

    assert sorted(race(account, review, runners=3)) == [0, 0, 1]


@pytest.mark.parametrize("n", range(4))
def test_a_report_and_the_record_meet_without_harm(account, n):
    """What the network could not deliver after all was taken by the gateway, or becomes a call."""
    plan()
    carry_out()
    message = Message.objects.get()
    dunning.taken(message, accepted_at=timezone.now())

    @transaction.atomic
    def report():
        held = Message.objects.select_for_update().get(pk=message.pk)
        held.put(state="failed", reason="undelivered", ended_at=timezone.now())

    together([lambda: recording.record_taken(timezone.now()), report, lambda: recording.record_taken(timezone.now())])
    recording.make_up(0, timezone.now())
    recorded, called = Reminder.objects.count(), CaseStep.objects.filter(follow_up__isnull=False).count()
    assert recorded + called == 1
