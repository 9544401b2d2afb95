"""What a message of dunning says is true when it goes out, and a customer gets one a day at most (A25)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from billing import starter
from billing.dunning import guard, planning, recording
from billing.dunning.carrying_out import carry_out
from billing.dunning.promises import breaking
from billing.models import CaseStep, ServiceRequest
from outreach.models import Message
from tests import dunning, make, money
from tests.promising import clerk, late, promise
from tests.race import together

DAY = timedelta(days=1)


@pytest.fixture
def customer(db):
    made = make.reachable()
    starter.plant(made.branch)
    return made


def work(days=0):
    """What runs each minute, in the night after so many days too."""
    at = timezone.now() + days * DAY
    planning.plan_some(0, at)
    recording.make_up(0, at)
    carry_out(at)
    recording.make_up(0, at)


def sent(message, days=0):
    dunning.taken(message, accepted_at=timezone.now() + days * DAY)


def withheld(reason):
    """What the guard keeps back."""
    Message.objects.filter(state="planned").update(state="withheld", reason=reason, ended_at=timezone.now())


def waits():
    return list(CaseStep.objects.filter(state="planned").values_list("waits_for", flat=True))


@pytest.mark.practice("A25")
@pytest.mark.parametrize("rewritten_first", [True, False])
def test_after_a_broken_promise_one_message_goes_out_and_the_next_on_the_next_day(customer, rewritten_first):
    account = dunning.overdue(customer=customer)
    work()
    made = promise(account, by=clerk(account))
    withheld("promise")
    late(made)
    breaking.break_some(timezone.now())
    planning.plan_some(0, timezone.now())
    if rewritten_first:
        recording.make_up(0, timezone.now())
    carry_out(timezone.now())
    recording.make_up(0, timezone.now())
    [message] = Message.objects.filter(state="planned")
    first, second = CaseStep.objects.order_by("step__n")
    if rewritten_first:
        assert (first.message, waits()) == (message, ["told_today"])
        sent(message)
        work(1)
        second.refresh_from_db()
        assert second.message.state == "planned"
    else:  # the later one says all that the earlier one would
        assert (second.message, first.recorded) == (message, True)


def test_two_accounts_of_a_customer_take_turns(customer):
    for _ in range(2):
        dunning.overdue(account=money.account(customer))
    work()
    [message] = Message.objects.all()
    assert waits() == ["told_today"]
    work(1)  # while the first one is not sent
    assert Message.objects.count() == 1
    sent(message, 1)
    work(1)
    assert Message.objects.count() == 1
    work(2)
    assert Message.objects.filter(state="planned").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_write_to_one_customer_at_the_same_moment_write_once():
    made = make.reachable()
    starter.plant(made.branch)
    accounts = [dunning.overdue(account=money.account(made)) for _ in range(2)]
    planning.plan_some(0, timezone.now())
    together([lambda: carry_out(timezone.now())] * 2)
    carry_out(timezone.now())
    assert Message.objects.count() == 1
    assert CaseStep.objects.filter(case__account__in=accounts, state="done").count() == 1


@pytest.mark.practice("A25")
def test_a_message_that_names_a_day_of_payment_which_is_not_the_oldest_any_more_is_written_anew(customer):
    account = dunning.overdue(3, "30.00", customer=customer)
    work()
    [message] = Message.objects.all()
    dunning.overdue(1, "30.00", account)
    money.payment(account, "30.00")  # the same sum is owed, of a younger bill
    with transaction.atomic():
        assert guard.ask([message], timezone.now())[message.pk].reason == "changed"
    withheld("changed")
    recording.make_up(0, timezone.now())
    due = timezone.localdate() - DAY
    [anew] = Message.objects.filter(state="planned")
    assert f"{due.month}月{due.day}日" in anew.text


def two_bills(customer, old, new, n):
    """A case that waits for its n-th step, of a bill so many days overdue that is paid, and a younger one."""
    account = dunning.overdue(old, "30.00", customer=customer)
    case = dunning.case(account, since=timezone.localdate() - old * DAY)
    dunning.overdue(new, "20.00", account)
    money.payment(account, "30.00")
    case.next_step, case.next_on = case.version.steps.get(n=n), timezone.localdate()
    case.save()
    dunning.step(case, n)
    return case


@pytest.mark.practice("A25")
@pytest.mark.parametrize(("new", "state"), [(1, "planned"), (11, "planned"), (12, "done")])
def test_a_newer_bill_is_stopped_at_its_own_age(customer, new, state):
    case = two_bills(customer, 40, new, 4)
    dunning.reminder(case, 25, n=3)  # of that bill
    make.line(customer)
    carry_out(timezone.now())
    step = case.steps.get(step__n=4)
    assert (step.state, step.waits_for) == (state, "younger" if state == "planned" else "")
    assert ServiceRequest.objects.exists() == (state == "done")
    carry_out(timezone.now() + (12 - new) * DAY)
    assert case.steps.get(step__n=4).state == "done"


def test_a_second_notice_waits_for_it_too_and_says_its_own_days(customer):
    case = two_bills(customer, 40, 2, 2)
    carry_out(timezone.now())
    assert (waits(), Message.objects.count()) == (["younger"], 0)
    carry_out(timezone.now() + 5 * DAY)
    assert case.steps.get().sum == Decimal("20.00")
    assert "逾期7天" in Message.objects.get().text


def test_the_announced_day_is_that_of_what_is_still_owed(customer):
    account = dunning.overdue(40, "30.00", customer=customer)
    case = dunning.case(account, "fixed", since=timezone.localdate() - 40 * DAY)
    dunning.overdue(28, "20.00", account)
    money.payment(account, "30.00")
    case.next_step, case.next_on = case.version.steps.get(n=3), timezone.localdate()
    case.save()
    step = dunning.step(case, 3)
    carry_out(timezone.now())
    step.refresh_from_db()
    assert (step.since, step.stop_on) == (timezone.localdate() - 28 * DAY, timezone.localdate() + 3 * DAY)
