"""Taking a payment back: one asks, another approves, and the money leaves a till that is still open."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction

from audit.models import Event
from billing import checking, ledger
from billing.counter import reversing, tills
from billing.models import Reversal
from tests import make, money
from tests.race import race
from work.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def manager(hall):
    return make.user("duty_manager", hall)


@pytest.fixture
def account(hall):
    made = money.account(make.customer(hall))
    money.bill(made, "59.00")
    return made


@pytest.fixture
def shift(clerk):
    return money.till(clerk)


@pytest.fixture
def receipt(account, clerk, shift):
    return money.paid(account, clerk)


@pytest.fixture
def asked(receipt, clerk, manager):
    return reversing.ask(receipt, by=clerk, reason="wrong account")


def cash(shift):
    return tills.recorded(shift)["cash"]


def told(person):
    return [(notice.kind, notice.read_at is not None) for notice in Notice.objects.filter(user=person).order_by("pk")]


def test_an_approved_reversal_opens_the_bill_again_and_leaves_the_till(asked, account, shift, manager):
    assert cash(shift) == 159
    reversing.approve(asked, by=manager)
    account.refresh_from_db()
    assert (account.owed, account.credit) == (59, 0)
    assert (asked.state, asked.shift, asked.decided_by) == ("approved", shift, manager)
    assert cash(shift) == 100
    assert checking.differences() == []
    assert Event.objects.filter(verb="payment.reversed", customer_id=account.customer_id).count() == 1


def test_a_refusal_says_why_and_changes_nothing(asked, account, shift, manager):
    with pytest.raises(ValidationError):
        reversing.refuse(asked, by=manager, answer=" ")
    reversing.refuse(asked, by=manager, answer="It was right.")
    account.refresh_from_db()
    assert (asked.state, asked.answer, account.owed, cash(shift)) == ("refused", "It was right.", 0, 159)


def test_nobody_approves_what_they_asked_for(receipt, manager):
    made = reversing.ask(receipt, by=manager, reason="x")
    for operate in (reversing.approve, lambda one, by: reversing.refuse(one, by=by, answer="x")):
        with pytest.raises(ValidationError) as refused:
            operate(made, by=manager)
        assert refused.value.code == "four_eyes"
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Reversal.objects.filter(pk=made.pk).update(decided_by=manager)


def test_who_may_approve_is_rung_and_who_asked_hears_the_answer(asked, clerk, manager, hall):
    other, elsewhere = make.user("duty_manager", hall), make.user("duty_manager", make.unit("hall", hall.parent))
    assert told(manager) == [("reversal.asked", False)]
    assert told(elsewhere) == told(other) == []
    reversing.approve(asked, by=manager)
    assert told(manager) == [("reversal.asked", True)]
    assert told(clerk) == [("reversal.approved", False)]
    assert "59.00" in Notice.objects.get(user=clerk).words


def test_where_the_hall_has_nobody_else_the_department_is_asked(receipt, hall):
    head = make.user("department_head", hall.parent)
    lone = make.user("duty_manager", hall)
    reversing.ask(receipt, by=lone, reason="x")
    assert told(head) == [("reversal.asked", False)]
    assert told(lone) == []


def test_who_is_away_is_not_asked(receipt, clerk, manager, hall):
    make.absence(manager, clerk)
    there = make.user("duty_manager", hall)
    reversing.ask(receipt, by=clerk, reason="x")
    assert told(manager) == []
    assert told(there) == [("reversal.asked", False)]


def test_one_request_at_a_time_and_none_after_it_was_taken_back(asked, receipt, clerk, manager):
    with pytest.raises(ValidationError, match="asked for already"):
        reversing.ask(receipt, by=clerk, reason="again")
    reversing.withdraw(asked, by=clerk)
    assert told(manager) == [("reversal.asked", True)]
    money.taken_back(receipt, clerk, manager)
    receipt.payment.refresh_from_db()
    with pytest.raises(ValidationError):
        reversing.ask(receipt, by=clerk, reason="again")


def test_only_who_asked_withdraws(asked, manager):
    with pytest.raises(ValidationError):
        reversing.withdraw(asked, by=manager)


def test_after_the_count_the_money_leaves_the_next_shift(asked, clerk, manager, shift):
    tills.count(shift, by=clerk, counted=money.counted(shift))
    following = money.till(clerk, "200.00")
    reversing.approve(asked, by=manager)
    assert (asked.shift, cash(following), cash(shift)) == (following, 141, 159)


def test_or_the_approvers_own_shift(asked, clerk, manager, shift):
    tills.count(shift, by=clerk, counted=money.counted(shift))
    theirs = money.till(manager, "60.00")
    reversing.approve(asked, by=manager)
    assert (asked.shift, cash(theirs)) == (theirs, 1)


def test_without_an_open_till_it_waits(asked, clerk, manager, shift):
    tills.count(shift, by=clerk, counted=money.counted(shift))
    with pytest.raises(ValidationError) as refused:
        reversing.approve(asked, by=manager)
    assert refused.value.code == "no_shift"
    asked.refresh_from_db()
    assert asked.is_waiting


def test_cash_that_is_not_in_the_till_cannot_be_paid_back(asked, clerk, manager, shift):
    tills.count(shift, by=clerk, counted=money.counted(shift))
    money.till(clerk, "58.99")
    with pytest.raises(ValidationError, match="so much cash"):
        reversing.approve(asked, by=manager)


def test_what_the_billing_system_took_back_is_not_paid_back_again(asked, receipt, shift, manager):
    ledger.reverse(receipt.payment, by=None, reason="chargeback")
    with pytest.raises(ValidationError):
        reversing.approve(asked, by=manager)
    assert cash(shift) == 159


def test_the_database_pays_nothing_out_of_a_counted_shift(asked, clerk, shift):
    tills.count(shift, by=clerk, counted=money.counted(shift))
    with pytest.raises(InternalError, match="open shift"), transaction.atomic():
        Reversal.objects.filter(pk=asked.pk).update(shift=shift)


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_pay_back_once(asked, manager, shift, hall):
    managers = [manager, make.user("duty_manager", hall), make.user("department_head", hall.parent)]

    def approve(person):
        return lambda: reversing.approve(Reversal.objects.get(pk=asked.pk), by=person)

    found = race(asked, [approve(person) for person in managers])
    assert sum(isinstance(one, ValidationError) for one in found) == 2
    assert cash(shift) == 100
    assert checking.differences() == []


@pytest.mark.django_db(transaction=True)
def test_approving_beside_the_count_is_in_the_shift_or_not_at_all(asked, clerk, manager, shift):
    def count():
        return tills.count(
            type(shift).objects.get(pk=shift.pk), by=clerk, counted=money.counted(shift), explanation="x"
        )

    approved, closed = race(shift, [lambda: reversing.approve(Reversal.objects.get(pk=asked.pk), by=manager), count])
    kept = {one.way: one.recorded for one in closed.counts.all()}
    assert kept["cash"] == (159 if isinstance(approved, ValidationError) else 100)
    assert tills.recorded(closed) == kept
