"""Promises kept and broken: looked at when money moves, and when a day is over (domain 4.3)."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Event
from billing import ledger
from billing.dunning.promises import breaking
from billing.dunning.promises.keeping import look
from billing.models import Bill, Payment, PaymentPromise
from tests import dunning, make, money
from tests.promising import account, clerk, kept, late, paid, parts, promise, states
from tests.race import race, together
from work.models import FollowUp, Notice
from work.models.states import Priority

pytestmark = pytest.mark.django_db


def test_it_is_kept_the_moment_the_money_comes():
    owes = account()
    made = promise(owes)
    paid(owes, "60.00")
    assert (states(owes), kept(made)) == (["open"], [False])
    paid(owes, "40.00")
    assert (states(owes), kept(made)) == (["kept"], [True])
    assert Event.objects.get(verb="payment_promise.kept").customer_id == owes.customer_id


def test_instalments_are_kept_one_by_one():
    owes = account("300.00")
    made = promise(owes, parts("100.00", "100.00", "100.00"))
    seen = []
    for amount in ("99.99", "0.01", "150.00", "50.00"):
        paid(owes, amount)
        seen.append(kept(made))
    assert seen == [[False] * 3, [True, False, False], [True, True, False], [True] * 3]
    assert states(owes) == ["kept"]


def test_what_was_paid_before_does_not_count():
    owes = account()
    paid(owes, "30.00")
    owes.refresh_from_db()
    made = promise(owes)
    assert made.parts.get().amount == Decimal("70.00")
    paid(owes, "69.99")
    assert states(owes) == ["open"]


def test_nothing_overdue_any_more_keeps_it_too():
    owes = account()
    promise(owes)
    ledger.adjust([money.an_adjustment(owes.bills.get(), "-100.00")])
    assert states(owes) == ["kept"]


def test_new_bills_that_are_due_do_not_break_what_came_in():
    owes = account()
    promise(owes)
    dunning.overdue(1, "40.00", owes)
    paid(owes, "100.00")
    assert states(owes) == ["kept"]


def test_a_payment_taken_back_makes_an_open_promise_wait_again():
    owes = account("200.00")
    made = promise(owes, parts("100.00", "100.00"))
    wrong = paid(owes, "100.00")
    assert kept(made) == [True, False]
    ledger.reverse(wrong, by=None, reason="wrong account")
    assert (states(owes), kept(made)) == (["open"], [False, False])


def test_a_promise_that_ended_stays_as_it_ended():
    owes = account()
    made = promise(owes)
    ledger.reverse(paid(owes, "100.00"), by=None, reason="wrong account")
    assert (states(owes), kept(made)) == (["kept"], [True])
    assert owes.bills.dunned(timezone.localdate()).exists()


def test_with_no_promise_money_asks_one_question_more():
    accounts = [account().pk for _ in range(3)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        look(accounts)
    assert len(asked) == 1


def test_many_promises_are_looked_at_with_as_many_questions_as_one():
    owing = [account() for _ in range(4)]
    counts = []
    for one in owing:
        promise(one)
    for some in (owing[:1], owing[1:]):
        with CaptureQueriesContext(connection) as asked:
            look([one.pk for one in some])
        counts.append(len(asked))
    assert counts[0] == counts[1]


amounts = st.decimals("0.01", "200", places=2)
moves = st.lists(st.one_of(amounts.map(lambda sum: ("paid", sum)), st.integers(0, 9).map(lambda n: ("back", n))))


@settings(max_examples=25, deadline=None)
@given(promised=st.lists(amounts, min_size=1, max_size=5), moves=moves)
def test_parts_are_what_a_recomputation_from_payments_says(promised, moves):
    owes = account(str(sum(promised) + 500))
    by = clerk(owes)
    made = promise(owes, parts(*map(str, promised)), by=by, beyond="any")
    payments = []
    for what, value in moves:
        made.refresh_from_db()
        if made.state != "open":
            break
        if what == "paid":
            payments.append(paid(owes, str(value)))
        elif payments:
            ledger.reverse(payments[value % len(payments)], by=None, reason="x")
        came_in = sum(Payment.objects.filter(account=owes, reversed_at=None).values_list("amount", flat=True))
        settled = not Bill.objects.dunned(timezone.localdate()).filter(account=owes).exists()
        expected = [settled or came_in >= sum(promised[: n + 1]) for n in range(len(promised))]
        assert kept(made) == expected
        assert states(owes) == ["kept" if all(expected) else "open"]


# Broken.


def at_night(days=0):
    return timezone.now() + timedelta(days)


@pytest.mark.practice("A25")
def test_the_day_after_it_is_broken_and_the_next_step_comes_at_once():
    owes = account()
    case = owes.dunning_cases.get()
    case.next_step, case.next_on = case.version.steps.get(n=2), timezone.localdate() + timedelta(30)
    case.save()
    planned = dunning.step(case, look_at=timezone.now() + timedelta(9), waits_for="promise")
    made, at = promise(owes), at_night()
    assert (breaking.break_some(at), states(owes)) == (0, ["open"])
    late(made)
    assert (breaking.break_some(at), states(owes)) == (1, ["broken"])
    case.refresh_from_db()
    planned.refresh_from_db()
    assert (case.next_on, planned.look_at) == (timezone.localdate(at), at)
    assert breaking.break_some(at) == 0
    assert Event.objects.filter(verb="payment_promise.broken").count() == 1


def test_the_day_of_a_part_lasts_until_midnight_in_the_branch():
    owes = account(customer=make.customer(make.branch(time_zone="America/New_York")))
    made = promise(owes)
    day = made.parts.get().due_on
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("America/New_York")) + timedelta(days=1)
    for at, state in ((midnight - timedelta(minutes=1), "open"), (midnight + timedelta(hours=2), "broken")):
        breaking.break_some(at)
        assert states(owes) == [state]


def test_an_instalment_that_came_in_time_breaks_nothing():
    owes = account("200.00")
    made = promise(owes, parts("100.00", "100.00"))
    paid(owes, "100.00")
    first, second = made.parts.all()
    made.refresh_from_db()
    assert made.next_on == second.due_on
    after_first, after_second = (part.due_on - timezone.localdate() + timedelta(days=1) for part in (first, second))
    assert breaking.break_some(at_night() + after_first) == 0
    assert breaking.break_some(at_night() + after_second) == 1
    assert (states(owes), kept(made)) == (["broken"], [True, False])


def test_the_second_one_broken_in_twelve_months_goes_to_the_manager_and_their_leader():
    department = make.unit("department")
    hall = make.unit("hall", department)
    manager, head = make.user("vip_manager", hall), make.user("department_head", department)
    owes = account(customer=make.customer(hall, manager=manager))
    broken(owes, days_ago=366)
    broken(owes, days_ago=300)
    assert not FollowUp.objects.exists()
    made = broken(owes)
    task = FollowUp.objects.get()
    assert (task.owner, task.about_id, task.priority) == (manager, made.pk, Priority.HIGH)
    assert Notice.objects.get(kind="payment_promise.broken_again").user == head


def broken(owes, days_ago=0):
    """One that was made and broken so many days ago."""
    made = promise(owes, parts(str(owes.owed)))
    late(made)
    breaking.break_some(at_night())
    then = timezone.now() - timedelta(days_ago)
    PaymentPromise.objects.filter(pk=made.pk).update(made_at=then - timedelta(days=100), ended_at=then)
    return made


def test_without_a_manager_it_is_for_the_people_of_the_unit():
    owes = account(customer=make.customer(make.unit("hall", make.unit("department"))))
    broken(owes)
    broken(owes)
    assert (FollowUp.objects.get().owner, FollowUp.objects.get().unit) == (None, owes.customer.unit)


# Races.


@pytest.mark.django_db(transaction=True)
def test_a_payment_beside_the_job_either_keeps_it_or_comes_too_late():
    owes = account()
    late(promise(owes))
    race(owes, [lambda: paid(owes, "100.00"), lambda: breaking.break_some(at_night())])
    assert len(Event.objects.filter(verb__in=("payment_promise.kept", "payment_promise.broken"))) == 1
    assert states(owes) in (["kept"], ["broken"])


@pytest.mark.django_db(transaction=True)
def test_many_jobs_break_each_promise_once():
    owing = [account() for _ in range(5)]
    for one in owing:
        late(promise(one))
    together(lambda: breaking.break_some(at_night()), 4)
    assert Event.objects.filter(verb="payment_promise.broken").count() == 5


@pytest.mark.django_db(transaction=True)
def test_payments_at_once_keep_it_once():
    owes = account()
    promise(owes)
    race(owes, [lambda: paid(owes, "50.00")] * 4)
    assert (states(owes), Event.objects.filter(verb="payment_promise.kept").count()) == (["kept"], 1)
