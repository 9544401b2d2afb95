"""A late fee is waived: at once up to a limit, above it by another person (domain 4.3, 4.11)."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from billing import late_fee, ledger
from billing.models import Adjustment, BillingRules, Waiver
from billing.waivers import booking, waiving
from tests import dunning, make, money
from tests.race import race
from work.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def account(hall):
    """Ten days late with 1,000 yuan: 30 yuan of late fee."""
    return dunning.overdue(10, "1000.00", customer=make.customer(hall))


@pytest.fixture
def clerk(account):
    return make.user("dunning_clerk", account.branch)


@pytest.fixture
def manager(hall):
    return make.user("duty_manager", hall)


@pytest.fixture
def head(hall):
    return make.user("department_head", hall.parent)


def running(account):
    return late_fee.so_far([account.pk], timezone.localdate(), BillingRules()).get(account.pk, 0)


def waive(account, by, amount="30.00", key="k", **fields):
    return waiving.waive(account, Decimal(amount), by=by, reason="投诉后减免", key=key, **fields)


def adjusted():
    return list(Adjustment.objects.order_by("pk").values_list("kind", "amount"))


def test_a_clerk_waives_at_once_up_to_the_limit_and_it_is_in_the_bill(account, clerk):
    assert running(account) == Decimal("30.00")
    made = waive(account, clerk)
    assert (made.state, made.decided_by) == ("given", None)
    assert adjusted() == [("late_fee", Decimal("30.00")), ("waiver", Decimal("-30.00"))]
    account.refresh_from_db()
    assert (account.owed, running(account)) == (Decimal("1000.00"), 0)
    told = Event.objects.get(verb="late_fee.waived")
    assert (told.actor, told.customer_id, told.data["sum"]) == (clerk, account.customer_id, "30.00")


def test_what_a_bill_asks_for_already_becomes_less_and_goes_before_what_runs(account, clerk):
    ledger.adjust([money.an_adjustment(account.bills.get(), "12.00", kind="late_fee")])
    waive(account, clerk, "15.00")
    assert adjusted()[1:] == [("late_fee", Decimal("3.00")), ("waiver", Decimal("-15.00"))]
    account.refresh_from_db()
    assert (account.owed, running(account)) == (Decimal("1000.00"), Decimal("15.00"))


def test_the_oldest_bill_comes_first(account, clerk):
    dunning.overdue(40, "100.00", account=account, ref="old")
    assert booking.waivable(account, timezone.localdate(), BillingRules()) == Decimal("42.00")
    waive(account, clerk, "20.00")
    kept = Adjustment.objects.filter(kind="waiver").order_by("pk").values_list("bill__amount", "amount")
    assert list(kept) == [(100, Decimal("-12.00")), (1000, Decimal("-8.00"))]


def test_above_the_limit_another_person_approves_and_both_hear(account, manager, head):
    made = waive(account, manager)
    assert (made.state, adjusted()) == ("asked", [])
    assert Notice.objects.get(kind="waiver.asked").user == head
    waiving.approve(made, by=head)
    assert (made.state, made.decided_by, len(adjusted())) == ("given", head, 2)
    assert Notice.objects.get(kind="waiver.given").user == manager
    assert not Notice.objects.filter(kind="waiver.asked", read_at=None).exists()


def test_limits_are_parameters(account, manager, clerk):
    BillingRules.objects.create(branch=account.branch, waived_by_managers=20, waived_by_dunning=25)
    assert waive(account, manager, "20.00").state == "given"
    assert waive(account, clerk, "5.00", "other").state == "given"
    dunning.overdue(100, "1000.00", account=account, ref="long")
    assert waive(account, clerk, "26.00", "third").state == "asked"


def test_a_limit_is_not_stretched_by_waiving_in_pieces(account, clerk):
    dunning.overdue(100, "1000.00", account=account, ref="long")
    assert [waive(account, clerk, "30.00", key).state for key in ("a", "b")] == ["given", "asked"]


def test_a_limit_is_not_stretched_by_approving_in_pieces(account, manager, head):
    dunning.overdue(100, "1000.00", account=account, ref="long")
    dunner = make.user("dunning_clerk", account.branch)
    waiving.approve(waive(account, manager, "30.00", "a"), by=dunner)
    second = waive(account, manager, "30.00", "b")
    with pytest.raises(ValidationError, match="by a head or by finance"):
        waiving.approve(second, by=dunner)
    waiving.approve(second, by=head)
    assert second.state == "given"


def test_nobody_approves_what_they_asked_for_nor_more_than_they_decide_on(account, clerk, manager, head):
    dunning.overdue(100, "1000.00", account=account, ref="long")
    own = waive(account, clerk, "60.00")
    with pytest.raises(ValidationError, match="Somebody else"):
        waiving.approve(own, by=clerk)
    another = make.user("dunning_clerk", account.branch)
    with pytest.raises(ValidationError, match="by a head or by finance"):
        waiving.approve(own, by=another)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=own.pk).update(decided_by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=own.pk).update(state="given")
    waiving.approve(own, by=make.user("finance", account.branch))
    assert own.state == "given"


def test_no_more_is_waived_than_there_is_and_never_without_a_reason(account, clerk):
    with pytest.raises(ValidationError, match="At most ¥30"):
        waive(account, clerk, "30.01")
    with pytest.raises(ValidationError, match="Say why"):
        waiving.waive(account, Decimal(1), by=clerk, reason=" ", key="k")
    waive(account, clerk)
    with pytest.raises(ValidationError, match="At most ¥0"):
        waive(account, clerk, "1.00", "again")
    assert Waiver.objects.count() == 1


def test_what_was_waived_meanwhile_is_not_approved_again(account, manager, clerk, head):
    asked = waive(account, manager)
    waive(account, clerk, "10.00", "at once")
    with pytest.raises(ValidationError, match="At most ¥20"):
        waiving.approve(asked, by=head)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("asked", None)


def test_it_is_refused_with_words_and_withdrawn_by_who_asked(account, manager, head):
    asked = waive(account, manager)
    with pytest.raises(ValidationError, match="Say why not"):
        waiving.refuse(asked, by=head, answer=" ")
    waiving.refuse(asked, by=head, answer="无理由")
    assert (asked.state, Notice.objects.get(kind="waiver.refused").user) == ("refused", manager)
    again = waive(account, manager, key="again")
    with pytest.raises(ValidationError, match="Only"):
        waiving.withdraw(again, by=head)
    waiving.withdraw(again, by=manager)
    assert (again.state, adjusted()) == ("withdrawn", [])


def test_the_same_form_twice_is_one_waiver_and_another_with_its_key_is_refused(account, clerk):
    assert waive(account, clerk) == waive(account, clerk)
    assert len(adjusted()) == 2
    with pytest.raises(ValidationError, match="already used"):
        waive(account, clerk, "1.00")


@pytest.mark.django_db(transaction=True)
def test_racing_forms_waive_once(account, clerk):
    made = race(account, lambda: waive(account, clerk))
    assert len({one.pk for one in made}) == 1
    assert len(adjusted()) == 2


@pytest.mark.django_db(transaction=True)
def test_racing_clerks_never_waive_more_than_there_is(account):
    clerks = [make.user("dunning_clerk", account.branch) for _ in range(4)]
    made = race(account, [lambda n=n, by=by: waive(account, by, "20.00", f"k{n}") for n, by in enumerate(clerks)])
    assert sorted(type(one).__name__ for one in made) == ["ValidationError"] * 3 + ["Waiver"]
    assert running(account) == Decimal("10.00")


@pytest.mark.django_db(transaction=True)
def test_who_approves_who_refuses_and_who_withdraws_at_once_leave_one_answer(account, manager, head):
    asked = waive(account, manager)
    other = make.user("branch_head", account.branch)
    copies = [Waiver.objects.get(pk=asked.pk) for _ in range(4)]
    race(account, [
        lambda: waiving.approve(copies[0], by=head), lambda: waiving.approve(copies[1], by=other),
        lambda: waiving.refuse(copies[2], by=head, answer="x"),
    ])  # fmt: skip
    asked.refresh_from_db()
    assert asked.state in {"given", "refused"}
    assert len(adjusted()) == (2 if asked.state == "given" else 0)
