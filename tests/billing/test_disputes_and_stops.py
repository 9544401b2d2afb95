"""Disputes take one bill out of dunning, persons stop it for an account (domain 4.3, 2.1 no. 14)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from billing.dunning import disputing, lapsing, planning, stopping
from billing.models import DunningCase, Hold
from tests import dunning, make, money
from tests.promising import account, clerk, promise, states
from tests.race import race

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def contest(bill, key="d", **fields):
    fields = {"by": clerk(bill.account), "reason": "不认可的信息费"} | fields
    return disputing.dispute(bill, key=key, **fields)


def two_bills():
    """An account with two overdue bills in one case."""
    owes = dunning.overdue(3, "40.00", account())
    return owes, *owes.bills.order_by("due_on")


def case_of(owes):
    return DunningCase.objects.get(account=owes)


def refused(operate, *args, **fields):
    with pytest.raises(ValidationError) as error:
        operate(*args, **fields)
    return " ".join(error.value.messages)


# Disputes.


@pytest.mark.practice("A25")
def test_only_the_disputed_bill_leaves_dunning():
    owes, first, second = two_bills()
    contest(first)
    assert list(owes.bills.dunned(TODAY())) == [second]
    assert case_of(owes).state != "closed"
    contest(second, "e")
    assert (case_of(owes).state, case_of(owes).ended_for) == ("closed", "disputed")


def test_a_line_that_was_stopped_for_it_is_asked_back():
    owes = account()
    stop = dunning.stop(case_of(owes), state="confirmed", ended_at=timezone.now())
    type(stop.line).objects.filter(pk=stop.line_id).update(status="suspended_one_way")
    contest(owes.bills.get())
    assert owes.service_requests.get(action="restore").line == stop.line


def test_a_promise_for_nothing_but_a_disputed_bill_has_nothing_left_to_wait_for():
    owes = account()
    promise(owes)
    contest(owes.bills.get())
    assert states(owes) == ["kept"]


def test_the_same_form_twice_is_one_dispute_and_another_bill_is_told_so():
    _owes, first, second = two_bills()
    assert contest(first) == contest(first)
    assert "another bill" in refused(contest, second)
    assert Event.objects.filter(verb="dispute.begun").count() == 1


def test_what_cannot_be_disputed():
    owes, first, second = two_bills()
    assert "contests" in refused(contest, first, reason=" ")
    assert "is over" in refused(contest, first, until=TODAY() - timedelta(1))
    contest(first, until=TODAY())
    assert "already" in refused(contest, first, "again")
    money.payment(owes, "140.00")
    assert "Nothing of this bill" in refused(contest, second, "e")


def test_settled_the_bill_is_dunned_again_by_the_next_night():
    owes = account()
    made = contest(owes.bills.get())
    assert "came of it" in refused(disputing.settle, made, by=made.by, outcome="")
    disputing.settle(made, by=made.by, outcome="核实无误")
    assert "over already" in refused(disputing.settle, made, by=made.by, outcome="again")
    assert owes.bills.dunned(TODAY()).exists()
    planning.plan_account(owes, timezone.now())
    assert [case.state for case in owes.dunning_cases.order_by("cycle")] == ["closed", "overdue"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_one():
    bill = account().bills.get()
    by = clerk(bill.account)
    answers = race(bill.account, [lambda n=n: contest(bill, f"d{n}", by=by) for n in range(4)])
    assert sum(isinstance(one, Hold) for one in answers) == 1


@pytest.mark.practice("A25")
@pytest.mark.django_db(transaction=True)
def test_disputed_beside_the_planning_of_the_night_no_case_stays_open():
    owes = dunning.overdue()
    dunning.version(owes.branch)
    bill, by = owes.bills.get(), clerk(owes)
    race(owes, [lambda: contest(bill, by=by), lambda: planning.plan_account(owes, timezone.now())])
    assert not DunningCase.objects.open().exists()


# Stopped by a person.


def hold(owes, days=10, **fields):
    fields = {"by": clerk(owes), "key": "s", "reason": "等待核实"} | fields
    return stopping.stop(owes, until=TODAY() + timedelta(days), **fields)


def test_dunning_rests_for_some_days_and_is_let_go_on():
    owes = account()
    case = case_of(owes)
    DunningCase.objects.filter(pk=case.pk).update(next_step=case.version.steps.get(n=1), next_on=TODAY())
    made = hold(owes)
    planning.plan_account(owes, timezone.now())
    assert not case.steps.exists()
    assert "Say why" in refused(stopping.let_go_on, made, by=made.by, reason="")
    stopping.let_go_on(made, by=made.by, reason="已核实")
    assert "over already" in refused(stopping.let_go_on, made, by=made.by, reason="again")
    planning.plan_account(owes, timezone.now())
    assert case.steps.count() == 1


def test_a_stop_has_its_limits():
    owes = account()
    assert "60 days at most" in refused(hold, owes, 61)
    assert "is over" in refused(hold, owes, -1)
    assert "Say why" in refused(hold, owes, reason="")
    assert hold(owes, 60) == hold(owes, 60)
    assert "already" in refused(hold, owes, key="again")
    assert "another account" in refused(hold, account(account=money.account(owes.customer)))


@pytest.mark.django_db(transaction=True)
def test_two_people_stop_it_once():
    owes = account()
    by = clerk(owes)
    answers = race(owes, [lambda n=n: hold(owes, key=f"s{n}", by=by) for n in range(3)])
    assert sum(isinstance(one, Hold) for one in answers) == 1


# Over by themselves.


def test_what_had_a_last_day_ends_the_day_after():
    owes, first, second = two_bills()
    made = [contest(first, until=TODAY()), contest(second, "e"), hold(owes, 0)]
    assert lapsing.lapse_holds(timezone.now()) == 0
    assert lapsing.lapse_holds(timezone.now() + timedelta(days=1)) == 2
    assert lapsing.lapse_holds(timezone.now() + timedelta(days=1)) == 0
    assert [bool(Hold.objects.get(pk=one.pk).ended_at) for one in made] == [True, False, True]
    assert set(Event.objects.filter(verb__endswith="lapsed").values_list("verb", flat=True)) == {
        "dispute.lapsed",
        "dunning.stop_lapsed",
    }


@pytest.mark.django_db(transaction=True)
def test_let_go_on_while_it_ends_by_itself_is_one_end():
    owes = account()
    made = hold(owes, 0)
    tomorrow = timezone.now() + timedelta(days=1)
    by = make.user("dunning_clerk", owes.branch)
    race(owes, [lambda: stopping.let_go_on(made, by=by, reason="x"), lambda: lapsing.lapse_holds(tomorrow)])
    ends = Event.objects.filter(verb__in=("dunning.goes_on", "dunning.stop_lapsed"))
    assert ends.count() == 1
