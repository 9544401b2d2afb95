"""Money for a complaint: alone within the limit, above it another person agrees (A11)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from billing.dunning import disputing as disputes
from complaints import compensating, disputing, handling
from complaints.models import Compensation
from tests import complaining, make, money
from tests.complaints.test_handling import at_work, result
from work.models import Notice

pytestmark = pytest.mark.django_db


def billed(amount="5000.00", **fields):
    one = at_work(**fields)
    return one, money.bill(money.account(one.customer), amount)


def asked(one, bill, amount, **fields):
    fields = {"by": one.owner, "reason": "断网三天", "key": str(amount)} | fields
    return compensating.ask(one, bill, Decimal(amount), **fields)


@pytest.mark.practice("A11")
def test_within_the_limit_it_is_given_at_once_and_only_once():
    one, bill = billed()
    made = asked(one, bill, "50.00")
    assert asked(one, bill, "50.00") == made
    bill.refresh_from_db()
    assert made.state == "given"
    assert made.alone
    assert bill.adjusted == Decimal("-50.00")


def test_many_small_ones_are_no_way_around_the_limit():
    one, bill = billed()
    asked(one, bill, "30.00")
    second = asked(one, bill, "30.00", key="b")
    bill.refresh_from_db()
    assert second.state == "asked"
    assert bill.adjusted == Decimal("-30.00")


def test_nor_are_many_complaints_of_one_customer():
    one, bill = billed()
    other = complaining.complaint(one.customer, one.owner, state="in_progress")
    asked(other, bill, "30.00")
    assert asked(one, bill, "30.00").state == "asked"


def test_nor_is_what_was_merged_into_it_however_long_ago_it_was_given():
    one, bill = billed()
    asked(one, bill, "30.00")
    gone = {"merged_into": one, "merged_at": timezone.now(), "merged_from": "in_progress", "ended_at": timezone.now()}
    child = complaining.complaint(one.customer, one.owner, state="merged", **gone)
    Compensation.objects.update(complaint=child, asked_at=timezone.now() - timedelta(days=31))
    assert asked(one, bill, "30.00", key="b").state == "asked"


def test_what_was_given_to_the_customer_long_ago_counts_no_more():
    one, bill = billed()
    asked(complaining.complaint(one.customer, one.owner, state="in_progress"), bill, "30.00")
    Compensation.objects.update(asked_at=timezone.now() - timedelta(days=31))
    assert asked(one, bill, "30.00", key="b").state == "given"


def test_one_decision_leaves_the_other_one_to_be_read():
    one, bill = billed()
    head = make.user("branch_head", one.branch)
    first, second = (asked(one, bill, amount) for amount in ("300.00", "400.00"))
    compensating.approve(first, by=head)
    left = Notice.objects.unread().filter(kind="complaint.compensation_asked", user=head)
    assert [notice.key.rpartition(":")[2] for notice in left] == [str(second.pk)]


def test_the_desk_may_give_more_than_a_clerk():
    one, bill = billed()
    assert asked(one, bill, "200.00", by=make.user("complaint_desk", one.branch)).state == "given"
    one, bill = billed()
    assert asked(one, bill, "200.01", by=make.user("complaint_desk", one.branch)).state == "asked"


def test_above_it_somebody_else_approves():
    one, bill = billed()
    head = make.user("branch_head", one.branch)
    made = asked(one, bill, "300.00")
    assert Notice.objects.filter(kind="complaint.compensation_asked", user=head).exists()
    with pytest.raises(ValidationError) as refusal:
        compensating.approve(made, by=one.owner)
    assert refusal.value.code == "four_eyes"
    with pytest.raises(ValidationError):
        handling.resolve(one, **result(one))
    compensating.approve(made, by=head)
    with pytest.raises(ValidationError):
        compensating.approve(made, by=head)
    with pytest.raises(ValidationError):
        compensating.refuse(made, by=head, reason="晚了")
    bill.refresh_from_db()
    assert bill.adjusted == Decimal("-300.00")
    handling.resolve(one, **result(one))


def test_much_is_for_the_head_of_the_branch():
    one, bill = billed()
    made = asked(one, bill, "2000.01")
    with pytest.raises(ValidationError) as refusal:
        compensating.approve(made, by=make.user("department_head", one.unit))
    assert refusal.value.code == "limit"
    compensating.approve(made, by=make.user("branch_head", one.branch))
    assert Compensation.objects.get().state == "given"


def test_refused_nothing_is_given_and_it_says_why():
    one, bill = billed()
    head = make.user("branch_head", one.branch)
    made = asked(one, bill, "300.00")
    with pytest.raises(ValidationError) as refusal:
        compensating.refuse(made, by=head, reason="")
    assert "refused_for" in refusal.value.message_dict
    compensating.refuse(made, by=head, reason="证据不足")
    bill.refresh_from_db()
    assert Compensation.objects.get().state == "refused"
    assert bill.adjusted == 0


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "5000.01"])
def test_no_more_than_the_bill(amount):
    one, bill = billed()
    with pytest.raises(ValidationError) as refusal:
        asked(one, bill, amount)
    assert "amount" in refusal.value.message_dict


def test_no_bill_of_somebody_else_and_nothing_for_what_is_over():
    one, _bill = billed()
    with pytest.raises(ValidationError) as refusal:
        asked(one, money.bill(money.account(make.customer(one.unit))), "5.00")
    assert "bill" in refusal.value.message_dict
    over, bill = billed(state="closed")
    with pytest.raises(ValidationError):
        asked(over, bill, "5.00")
    bill.refresh_from_db()
    assert bill.adjusted == 0
    assert not Compensation.objects.exists()


def test_the_dispute_ends_with_the_complaint_and_begins_again_when_it_is_reopened():
    one, bill = billed(state="callback_due")
    hold = disputes.dispute(bill, by=one.owner, key="d", reason="不认可")
    one.bill, one.hold = bill, hold
    one.save()
    assert not disputing.follow_one(timezone.now(), {})
    caller = make.user("hotline", one.branch)
    handling.close(one, by=caller, at=timezone.now(), satisfied="satisfied")
    now = timezone.now()
    assert disputing.follow_one(now, {})
    assert not disputing.follow_one(now, {})
    hold.refresh_from_db()
    assert hold.ended_at
    assert one.number in hold.ended_for
    handling.reopen(one, by=caller, at=now + timedelta(minutes=1), reason="又多收", owner=one.owner)
    assert disputing.follow_one(now + timedelta(minutes=2), {})
    assert not disputing.follow_one(now + timedelta(minutes=2), {})
    one.refresh_from_db()
    assert one.hold != hold
    assert one.hold.ended_at is None
