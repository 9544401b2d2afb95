"""What may happen to a complaint, and what it asks for (4.1)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from complaints import handling
from complaints.models import ComplaintRules, StateChange
from complaints.moving import Outdated
from outreach.models import Message
from tests import complaining, make
from work.models import FollowUp, Notice

pytestmark = pytest.mark.django_db


def at_work(state="in_progress", **fields):
    """One in the hands of a hotline agent of the branch."""
    customer = make.reachable()
    by = make.user("hotline", customer.branch)
    return complaining.complaint(customer, by, state=state, **complaining.complaint_with(state) | fields)


def result(one, **fields):
    told = {"cause": complaining.cause(one.branch), "liability": "customer", "measure": "已换卡", "answer": "已恢复"}
    return {"by": one.owner, "answered_by": "phone"} | told | fields


def log_of(one):
    return [(row.was, row.then) for row in StateChange.objects.filter(complaint=one)][1:]


def test_the_first_contact_begins_the_work():
    one = at_work("accepted")
    handling.contact(one, by=one.owner, key="a", text="已联系")
    handling.contact(one, by=one.owner, key="a", text="已联系")
    one.refresh_from_db()
    assert one.state == "in_progress"
    assert one.contacted_at
    assert one.notes.count() == 1
    assert log_of(one) == [("accepted", "assigned"), ("assigned", "in_progress")]


def test_a_try_that_reached_nobody_begins_nothing():
    one = at_work("assigned")
    handling.contact(one, by=one.owner, key="a", kind="tried")
    one.refresh_from_db()
    assert one.state == "assigned"
    assert one.contacted_at is None
    assert one.notes.get().kind == "tried"


@pytest.mark.practice("D14")
def test_also_where_the_customer_caused_it_there_is_an_answer_and_a_callback():
    one = at_work()
    with pytest.raises(ValidationError) as refusal:
        handling.resolve(one, **result(one, answer=" "))
    assert "answer" in refusal.value.message_dict
    handling.resolve(one, **result(one))
    one.refresh_from_db()
    assert one.state == "callback_due"
    assert one.resolved_by == one.owner
    call = FollowUp.objects.get(about_id=one.pk)
    assert call.keeps_time
    assert call.handled_by == one.owner


@pytest.mark.parametrize("missing", ["cause", "liability", "measure", "answer", "answered_by"])
def test_a_result_says_everything(missing):
    one = at_work()
    with pytest.raises(ValidationError) as refusal:
        handling.resolve(one, **result(one, **{missing: None if missing == "cause" else ""}))
    assert missing in refusal.value.message_dict


def test_a_stale_page_changes_nothing():
    one = at_work()
    handling.contact(one, by=one.owner, key="a")
    with pytest.raises(Outdated):
        handling.resolve(one, **result(one, edition=one.edition))


@pytest.mark.practice("A11")
def test_whoever_accepted_it_settles_it_on_the_spot():
    one = at_work("accepted")
    told = result(one)
    told.pop("answered_by")
    with pytest.raises(ValidationError):
        handling.settle_on_spot(one, **told | {"by": make.user("hotline", one.branch)})
    handling.settle_on_spot(one, **told, confirmed=True)
    one.refresh_from_db()
    assert one.state == "closed"
    assert one.on_spot
    assert one.satisfied == "satisfied"
    assert log_of(one) == [("accepted", "resolved"), ("resolved", "callback_due"), ("callback_due", "closed")]
    assert not FollowUp.objects.filter(about_id=one.pk)


def test_settled_without_the_customers_word_somebody_calls_back():
    one = at_work("accepted")
    told = result(one)
    told.pop("answered_by")
    handling.settle_on_spot(one, **told)
    one.refresh_from_db()
    assert one.state == "callback_due"
    assert FollowUp.objects.filter(about_id=one.pk).exists()


def test_waiting_has_a_reason_and_an_end():
    one, now = at_work(), timezone.now()
    for bad in ({"what": " "}, {"what": "证件", "until": now + timedelta(days=9)}, {"what": "证件", "until": now}):
        with pytest.raises(ValidationError):
            handling.wait_for_customer(one, by=one.owner, at=now, **bad)
    handling.wait_for_customer(one, by=one.owner, what="证件", at=now)
    one.refresh_from_db()
    assert one.state == "waiting_customer"
    assert one.waits_until == now + timedelta(days=3)
    handling.go_on(one, by=one.owner)
    one.refresh_from_db()
    assert one.state == "in_progress"
    assert one.waits_for == ""


def test_what_waits_too_long_goes_on_by_itself():
    from complaints.handling.waiting import return_late

    one, now = at_work(), timezone.now()
    handling.wait_for_customer(one, by=one.owner, what="证件", at=now)
    assert return_late(now + timedelta(days=2)) == 0
    assert return_late(now + timedelta(days=3)) == 1
    assert return_late(now + timedelta(days=3)) == 0
    one.refresh_from_db()
    assert one.state == "in_progress"
    assert Notice.objects.filter(kind="complaint.goes_on", user=one.owner).count() == 1


def test_what_is_not_ours_says_where_to_turn_and_is_called_back():
    one = at_work()
    said = {"by": one.owner, "reason": "小区物业断电", "answered_by": "phone"}
    with pytest.raises(ValidationError) as refusal:
        handling.reject(one, direction="", **said)
    assert "direction" in refusal.value.message_dict
    handling.reject(one, direction="物业管理处", **said)
    one.refresh_from_db()
    assert one.state == "callback_due"
    assert "物业管理处" in one.answer
    assert FollowUp.objects.filter(about_id=one.pk).exists()


def test_the_customer_takes_it_back():
    one = at_work()
    with pytest.raises(ValidationError):
        handling.withdraw(one, by=one.owner, reason="")
    handling.withdraw(one, by=one.owner, reason="已自行解决")
    one.refresh_from_db()
    assert one.state == "withdrawn"
    assert one.ended_at
    told = Message.objects.get(about_type="complaints.complaint", about_id=one.pk)
    assert told.customer == one.customer
    assert one.number in told.text


def test_by_hand_only_what_is_closed_is_reopened():
    """What waits for its callback is reopened by what the customer says in it, never by who leads the unit."""
    one = at_work()
    lead = make.sign_in("complaint_desk", one.branch)
    handling.resolve(one, **result(one))
    one.refresh_from_db()
    answer = lead.post(f"/complaints/{one.pk}/do/reopen/", {"edition": one.edition, "key": uuid4(), "reason": "再看"})
    assert answer.status_code == 422
    one.refresh_from_db()
    assert (one.state, one.reopened) == ("callback_due", 0)


@pytest.mark.practice("A23")
def test_nobody_closes_what_they_resolved():
    one = at_work()
    handling.resolve(one, **result(one))
    with pytest.raises(ValidationError):
        handling.close(one, by=one.owner, at=timezone.now(), satisfied="satisfied")
    with pytest.raises(ValidationError):
        handling.close(one, by=None, at=timezone.now(), satisfied="dissatisfied")
    handling.close(one, by=make.user("hotline", one.branch), at=timezone.now(), satisfied="neutral")
    one.refresh_from_db()
    assert (one.state, one.satisfied) == ("closed", "neutral")


def test_reopened_it_is_one_level_up_with_another_owner():
    one = at_work()
    lead = make.user("complaint_desk", one.branch)
    head = make.user("branch_head", one.branch)
    handling.resolve(one, **result(one))
    now, caller = timezone.now(), make.user("hotline", one.branch)
    handling.reopen(one, by=caller, at=now, reason="还是断网", owner=lead)
    one.refresh_from_db()
    assert (one.state, one.level, one.reopened, one.owner, one.satisfied) == ("reopened", 2, 1, lead, "dissatisfied")
    assert not Notice.objects.filter(kind="complaint.reopened_again")
    handling.contact(one, by=lead, key="b")
    handling.resolve(one, **result(one, by=lead))
    handling.reopen(one, by=caller, at=now, reason="还是断网")
    one.refresh_from_db()
    assert (one.level, one.reopened) == (3, 2)
    assert one.owner != lead
    assert Notice.objects.filter(kind="complaint.reopened_again", user=head).exists()


def test_what_was_closed_long_ago_is_not_reopened():
    one = at_work("closed")
    late = one.ended_at + timedelta(days=ComplaintRules.of(one.branch).reopen_days, seconds=1)
    with pytest.raises(ValidationError) as refusal:
        handling.reopen(one, by=one.owner, at=late, reason="又坏了")
    assert refusal.value.code == "late"


@pytest.mark.practice("B15")
def test_the_person_concerned_stays_out():
    other = make.user("complaint_desk")
    one = at_work(person=other)
    for do in (
        lambda: handling.contact(one, by=other, key="a"),
        lambda: handling.note(one, by=other, key="b", text="我没有"),
        lambda: handling.resolve(one, **result(one, by=other)),
        lambda: handling.withdraw(one, by=other, reason="算了"),
        lambda: handling.wait_for_customer(one, by=other, what="证件"),
    ):
        with pytest.raises(ValidationError) as refusal:
            do()
        assert refusal.value.code == "person"


def test_reopening_by_itself_always_finds_somebody():
    """Not the deputy of a leader where they handle no complaints: up the tree, the desk, whoever has it."""
    one = at_work("callback_due")
    leader, deputy = make.user("department_head", one.unit), make.user("finance", one.unit)
    make.absence(leader, deputy)

    def next_owner():
        told = complaining.complaint_with("callback_due") | {"state": "callback_due"}
        again = complaining.complaint(one.customer, one.owner, **told)
        return handling.reopen(again, by=None, at=timezone.now(), reason="没好").owner

    assert next_owner() == one.owner
    desk = make.user("complaint_desk", one.branch)
    assert next_owner() == desk


def test_where_nobody_handles_complaints_any_more_it_is_reopened_all_the_same():
    one = at_work("callback_due")
    one.owner.postings.all().delete()
    assert handling.reopen(one, by=None, at=timezone.now(), reason="没好").owner == one.owner
    other = at_work("callback_due")
    other.owner.postings.all().delete()
    clerk = make.user("clerk", other.unit)
    assert handling.reopen(other, by=None, at=timezone.now(), reason="没好").owner == clerk
