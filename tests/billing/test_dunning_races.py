"""Planning, carrying out, payments and promises beside each other (A25)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from billing import ledger, starter
from billing.dunning import carrying_out, planning, recording, reviewing
from billing.models import CaseStep, DunningCase, Reminder
from billing.service_requests import answering
from billing.service_requests.locking import lock_requests
from outreach.models import Message
from tests import dunning, make, money
from tests.race import race, together, wait_until_blocked

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


def test_a_step_planned_beside_the_payment_that_ends_its_case_is_left_out(account):
    case = dunning.case(account)
    case.next_step, case.next_on = case.version.steps.get(n=1), timezone.localdate()
    case.save()
    with beside(plan) as planned, transaction.atomic():
        money.payment(account, account.owed)
        planned().result()
    assert stands() == [("closed", ["planned"])]
    carry_out()
    assert stands() == [("closed", ["left_out"])]
    assert not Message.objects.exists()


@pytest.mark.parametrize(("action", "status"), [("suspend_one_way", "active"), ("cancel", "suspended_two_way")])
def test_a_stop_that_is_confirmed_and_a_payment_never_wait_in_a_circle(account, action, status):
    line = make.line(account.customer, status=status)
    stop = dunning.stop(dunning.case(account), action=action, line=line, state="accepted")
    with beside(lambda: money.payment(account, account.owed)) as paid:
        with transaction.atomic():
            lock_requests([stop.pk])
            payment = paid()
            wait_until_blocked(1, [payment])
            answering.confirm(stop)
        payment.result()
    assert stands()[0][0] == "closed"
    stop.refresh_from_db()
    assert stop.state == "confirmed"
    assert line.service_requests.filter(action="restore").exists() == (action != "cancel")


@contextmanager
def beside(work):
    """Starts the work in another session when it is called."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda: pool.submit(_alone, work)


def _alone(work):
    try:
        return work()
    finally:
        connection.close()
