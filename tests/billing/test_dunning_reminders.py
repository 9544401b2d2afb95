"""What counts as a reminder, and what happens where no message arrives (A25, amendment 4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import starter
from billing.dunning import planning, recording, tidying
from billing.dunning.carrying_out import carry_out
from billing.models import CaseStep, Reminder
from outreach.models import Attempt, Message, Template
from tests import dunning, make, money
from work.models import Attempt as Try
from work.models import FollowUp

pytestmark = pytest.mark.django_db


@pytest.fixture
def step():
    """A first notice in the outbox."""
    return noticed(make.reachable())


def noticed(customer):
    starter.plant(customer.branch)
    account = dunning.overdue(customer=customer)
    planning.plan_account(account, timezone.now())
    carry_out(timezone.now())
    return CaseStep.objects.get(case__account=account)


def record():
    at = timezone.now()
    return recording.make_up(0, at)[1], recording.record_taken(at) + recording.record_called(at)


def failed(message, *outcomes, reason="tries", state="failed"):
    """The message ended so, after these attempts."""
    for n, outcome in enumerate(outcomes, 1):
        Attempt.objects.create(message=message, n=n, gateway="sms", outcome=outcome, ended_at=timezone.now())
    dunning.taken(message, state, ended_at=timezone.now(), reason=reason)


@pytest.mark.practice("A25")
@pytest.mark.parametrize("state", ["accepted", "delivered"])
def test_a_message_counts_once_the_gateway_has_taken_it(step, state):
    at = timezone.now() - timedelta(minutes=5)
    dunning.taken(step.message, accepted_at=at)
    if state == "delivered":
        Message.objects.update(state=state, ended_at=timezone.now())
    assert record() == (0, 1)
    reminder = Reminder.objects.get()
    assert (reminder.step, reminder.how, reminder.at, reminder.account) == (step, state, at, step.case.account)
    assert record() == (0, 0)


@pytest.mark.practice("A25")
@pytest.mark.parametrize("state", ["planned", "unknown"])
def test_what_is_on_its_way_or_in_doubt_does_not(step, state):
    if state == "unknown":
        dunning.taken(step.message, "unknown", in_doubt=True, next_at=None)
    assert record() == (0, 0)
    assert not Reminder.objects.exists()
    assert not FollowUp.objects.exists()


@pytest.mark.practice("A25")
def test_enough_failures_and_a_call_that_is_planned_count(step):
    failed(step.message, "busy", "refused", "busy")
    assert record() == (1, 1)
    reminder, call = Reminder.objects.get(), FollowUp.objects.get()
    assert (reminder.how, reminder.attempts, reminder.follow_up) == ("attempts", 3, call)
    assert call.about_id == step.pk
    assert record() == (0, 0)


@pytest.mark.practice("A25")
def test_fewer_failures_count_together_with_those_of_the_call(step):
    failed(step.message, "unknown", "refused", reason="refused")
    assert record() == (1, 0)
    call = FollowUp.objects.get()
    tried(call, "no_answer")
    assert record() == (0, 0)
    tried(call, "busy")
    assert record() == (0, 1)
    assert Reminder.objects.get().attempts == 3


def tried(call, outcome):
    result = {"result": "neutral"} if outcome == "answered" else {}
    by = make.user("clerk", call.branch)
    Try.objects.create(follow_up=call, n=call.attempts.count() + 1, by=by, outcome=outcome, **result)


def test_one_that_the_network_could_not_deliver_is_one_failure(step):
    failed(step.message, "accepted", reason="undelivered")
    record()
    tried(FollowUp.objects.get(), "no_answer")
    assert record() == (0, 0)
    tried(FollowUp.objects.get(), "no_answer")
    assert record() == (0, 1)


@pytest.mark.practice("A25")
def test_who_has_no_number_is_called_and_reminded_when_they_answer():
    customer = make.customer()
    step = noticed(customer)
    assert (step.message.state, step.message.reason) == ("withheld", "no_number")
    assert record() == (1, 0)
    assert record() == (0, 0)
    tried(FollowUp.objects.get(), "answered")
    assert record() == (0, 1)
    assert (Reminder.objects.get().how, Reminder.objects.get().attempts) == ("attempts", 1)


def test_a_late_report_that_it_arrived_counts_after_all(step):
    failed(step.message, "accepted", reason="undelivered")
    record()
    Message.objects.filter(pk=step.message_id).update(state="delivered")
    assert record() == (0, 1)
    assert Reminder.objects.get().how == "delivered"


@pytest.mark.parametrize(("state", "reason"), [("expired", "too_late"), ("withheld", "changed")])
def test_one_whose_time_or_sum_has_passed_is_written_anew(step, state, reason):
    money.payment(step.case.account, "9.00")
    Message.objects.filter(pk=step.message_id).update(state=state, reason=reason, ended_at=timezone.now(), next_at=None)
    assert record() == (1, 0)
    old, step.message = step.message, None
    step.refresh_from_db()
    assert step.message != old
    assert "50.00" in step.message.text
    assert step.sum == 50


def test_what_is_written_anew_puts_the_stop_off_as_it_says(step):
    before = step.stop_on
    Message.objects.update(state="expired", reason="too_late", ended_at=timezone.now(), next_at=None)
    recording.make_up(0, timezone.now() + timedelta(days=30))
    step.refresh_from_db()
    assert step.stop_on > before


def test_while_a_promise_holds_the_account_nothing_is_written_anew(step):
    by = make.user("dunning_clerk", step.case.branch)
    promise = step.case.account.payment_promises.create(branch=step.case.branch, case=step.case, key="p", made_by=by)
    withheld(step, "promise")
    assert record() == (0, 0)
    promise.state, promise.ended_at = "broken", timezone.now()
    promise.save()
    assert record() == (1, 0)
    assert Message.objects.count() == 2


def withheld(step, reason):
    Message.objects.filter(pk=step.message_id).update(
        state="withheld", reason=reason, ended_at=timezone.now(), next_at=None
    )


def test_without_its_text_it_is_tried_again_later(step):
    Template.objects.update(active=False)
    withheld(step, "changed")
    record()
    step.refresh_from_db()
    assert (step.recorded, step.message.state, FollowUp.objects.count()) == (False, "withheld", 0)


def test_one_that_a_person_cancelled_becomes_a_call(step):
    Message.objects.update(state="cancelled", reason="cancelled", ended_at=timezone.now(), next_at=None)
    assert record() == (1, 0)
    assert FollowUp.objects.count() == 1


def test_of_a_cycle_that_ended_what_is_unsent_is_cancelled_and_nothing_made_up(step):
    money.payment(step.case.account, step.case.account.owed)
    assert tidying.cancel_settled() == 1
    assert (Message.objects.get().state, Message.objects.get().reason) == ("cancelled", "settled_by_now")
    assert record() == (1, 0)
    step.refresh_from_db()
    assert (step.recorded, FollowUp.objects.count(), Reminder.objects.count()) == (True, 0, 0)
    assert (tidying.cancel_settled(), *record()) == (0, 0, 0)


def test_a_step_that_waits_for_the_reminder_is_looked_at_as_soon_as_it_is_on_record(step):
    later = timezone.now() + timedelta(hours=1)
    waiting = dunning.step(step.case, 4, look_at=later, waits_for="reminder")
    dunning.taken(step.message, accepted_at=timezone.now())
    record()
    waiting.refresh_from_db()
    assert waiting.look_at < later
