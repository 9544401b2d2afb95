"""Every answer is asked about by somebody else, and what the customer says closes the complaint or reopens it."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from complaints import call_texts, calling_back, calls_over, dialling, handling, questioning
from complaints.models import CallbackAnswer, ComplaintRules, Script
from outreach.models import Message
from tests import complaining, make
from tests.race import race
from work import arranging, attempting, due
from work.models import FollowUp

pytestmark = pytest.mark.django_db
NOW = timezone.now()
GOOD = {"solved": True, "result": 9, "attitude": 9, "speed": 8, "expectation": 7, "experience": 9, "recommends": 10}
BAD = {"solved": False, "result": 3, "expectation": 8, "experience": 3}


@pytest.fixture
def customer():
    made = make.reachable(make.unit("hall"))
    make.rules(made.branch)
    return made


@pytest.fixture
def caller(customer):
    return make.user("complaint_desk", customer.branch)


def answered(customer=None, at=NOW, **fields):
    """A complaint that a hotline agent has answered."""
    by = make.user("hotline", customer.branch if customer else make.branch())
    customer = customer or make.reachable(by.branch)
    one = complaining.complaint(customer, by, state="in_progress", **fields)
    told = {"cause": complaining.cause(one.branch), "liability": "ours", "measure": "换卡", "answer": "已恢复"}
    return handling.resolve(one, by=by, at=at, answered_by="phone", **told)


def call(one, by, outcome="answered", said=None, key=None, at=NOW, **told):
    return questioning.call(one, outcome, by=by, at=at, key=key or str(uuid4()), said=said, **told)


def test_the_callback_keeps_its_time_its_number_and_its_hours(customer, caller):
    one = answered(customer, caller_number="13900001111", hours_from="18:00", hours_to="20:00")
    owed = calling_back.callback_of(one)
    assert owed.late_at == NOW + timedelta(hours=48)
    assert owed.keeps_time
    assert (owed.handled_by, owed.number, owed.unit) == (one.resolved_by, "13900001111", customer.branch)
    assert calling_back.owe_callback(one, by=None, at=NOW) == owed


def test_a_program_that_is_posted_above_the_desk_calls_nobody_back(customer):
    make.Program(make.user("complaint_desk", customer.branch))
    desk = make.unit("desk", parent=customer.branch)
    make.user("complaint_desk", desk)
    assert calling_back.callback_of(answered(customer)).unit == desk


@pytest.mark.practice("A23")
@pytest.mark.parametrize(("said", "satisfied"), [(GOOD, "satisfied"), ({"solved": True, "result": 7}, "neutral")])
def test_who_is_content_has_it_closed(customer, caller, said, satisfied):
    one = call(answered(customer), caller, said=said)
    assert (one.state, one.satisfied) == ("closed", satisfied)
    assert one.callback_answers.get().result == said["result"]


@pytest.mark.practice("A22")
def test_who_is_not_has_it_reopened_one_level_up(customer, caller):
    one = call(answered(customer), caller, said=BAD, note="还是没有信号")
    assert (one.state, one.level, one.reopened) == ("reopened", 2, 1)
    assert one.changes.last().reason == "还是没有信号"
    assert not FollowUp.objects.filter(kind="remedy").exists()


def test_by_rule_a_remedy_comes_first_and_they_are_asked_again(customer, caller):
    ComplaintRules.objects.create(branch=customer.branch, when_dissatisfied="remedy")
    one = call(answered(customer), caller, said=BAD)
    assert one.state == "callback_due"
    remedy = FollowUp.objects.get(kind="remedy")
    attempting.attempt(remedy, "answered", result="neutral", by=caller)
    FollowUp.objects.filter(state="remedy_done").update(due_at=NOW, late_at=NOW)
    due.sweep()
    one = call(one, caller, said=GOOD)
    assert one.state == "closed"
    assert [said.asked for said in one.callback_answers.order_by("asked")] == [1, 2]


def test_nobody_checks_what_they_did_or_what_is_about_them(customer, caller):
    concerned = make.user("complaint_desk", customer.branch)
    one = answered(customer, person=concerned)
    clerk = make.user("clerk", customer.unit)
    for person in (one.resolved_by, concerned, clerk):
        with pytest.raises(ValidationError):
            call(one, person, said=GOOD)
        with pytest.raises(ValidationError):
            attempting.attempt(calling_back.callback_of(one), "no_answer", by=person)
        with pytest.raises(ValidationError):
            arranging.take_over(calling_back.callback_of(one), by=person)
    assert not CallbackAnswer.objects.exists()


@pytest.mark.practice("A23")
def test_who_is_not_reached_on_two_days_is_told_and_it_is_closed(customer, caller):
    one = answered(customer)
    for hours in (0, 3):
        assert call(one, caller, "no_answer", at=NOW + timedelta(hours=hours)).state == "callback_due"
    one = call(one, caller, "no_answer", at=NOW + timedelta(days=1, hours=5))
    assert (one.state, one.satisfied) == ("closed", "unreached")
    assert one.number in Message.objects.get().text
    assert one.notes.filter(kind="tried").count() == 3


def test_who_wants_no_call_is_left_in_peace(customer, caller):
    one = call(answered(customer), caller, "refused")
    assert (one.state, one.satisfied) == ("closed", "unreached")
    assert not Message.objects.exists()


def test_one_that_was_missed_may_still_say_what_they_think(customer, caller):
    one = call(answered(customer), caller, "no_answer")
    for day in (1, 2):
        one = call(one, caller, "no_answer", at=NOW + timedelta(days=day))
    assert one.satisfied == "unreached"
    arranging.try_again(calling_back.callback_of(one), by=make.user("branch_head", customer.branch))
    assert call(one, caller, said=GOOD).satisfied == "satisfied"


def test_the_day_s_list_closes_it_too(customer, caller):
    one = answered(customer)
    attempting.attempt(calling_back.callback_of(one), "answered", result="satisfied", note="好", by=caller)
    one.refresh_from_db()
    said = one.callback_answers.get()
    assert one.state == "closed"
    assert (said.solved, said.result, said.comment) == (True, None, "好")


def test_an_answer_that_moved_the_complaint_is_not_taken_back(customer, caller):
    one = call(answered(customer), caller, said=GOOD)
    with pytest.raises(ValidationError, match=one.number):
        attempting.undo(calling_back.callback_of(one), by=caller)


def test_a_callback_that_is_waited_for_is_not_cancelled(customer, caller):
    owed = calling_back.callback_of(answered(customer))
    with pytest.raises(ValidationError):
        arranging.cancel(owed, by=caller, reason="不需要")
    handling.reopen(complaint_of(owed), by=caller, at=NOW, reason="客户来电")
    arranging.cancel(owed, by=caller, reason="不需要")


def test_a_callback_that_nobody_waits_for_is_dropped(customer, caller):
    waited, over = answered(customer), answered(customer)
    handling.reopen(over, by=caller, at=NOW, reason="客户来电")
    assert [calls_over.drop(NOW) for _ in range(2)] == [1, 0]
    assert calling_back.callback_of(waited).is_open


def complaint_of(owed):
    return calling_back.complaint_of(owed)


def test_the_answer_of_a_round_that_is_over_changes_nothing(customer, caller):
    one = answered(customer)
    owed = calling_back.callback_of(one)
    one = handling.reopen(one, by=caller, at=NOW, reason="客户来电")
    attempting.attempt(owed, "answered", result="satisfied", by=make.user("complaint_desk", customer.branch))
    one.refresh_from_db()
    assert one.state == "reopened"
    assert one.callback_answers.get().round == 1


@pytest.mark.practice("F15")
def test_less_than_expected_is_looked_into(customer, caller):
    one = call(answered(customer), caller, said={"solved": True, "result": 8, "expectation": 9, "experience": 7})
    assert one.callback_answers.get().gap == -2
    assert FollowUp.objects.get(kind="remedy").about_id == one.pk
    assert one.state == "closed"


def test_the_same_form_twice_is_one_call(customer, caller):
    one = answered(customer)
    for _ in range(2):
        call(one, caller, "no_answer", key="form")
    assert calling_back.callback_of(one).attempts.count() == 1
    for _ in range(2):
        call(one, caller, said=GOOD, key="another")
    assert one.callback_answers.count() == 1


def test_a_caller_who_is_no_customer_is_called_back_as_well(caller):
    one = answered(make.reachable(caller.branch))
    type(one).objects.filter(pk=one.pk).update(customer=None, caller_number="13700000000")
    FollowUp.objects.all().delete()
    one.refresh_from_db()
    assert calling_back.owe_callback(one, by=None, at=NOW) is None
    for days in (0, 1):
        call(one, caller, "no_answer", at=NOW + timedelta(days=days))
    assert call(one, caller, "no_answer", at=NOW + timedelta(days=2)).satisfied == "unreached"


def test_a_script_names_the_branch_in_its_own_language():
    made = make.branch(name="江南分公司", name_en="Jiangnan Branch")
    call_texts.ship(made)
    for script in Script.objects.filter(branch=made):
        assert "江南分公司" in script.text
        assert "Jiangnan Branch" in script.text_en


def test_the_page_of_a_call_from_its_script_to_the_answer(customer):
    call_texts.ship(customer.branch)
    one = answered(customer, words="晚上网速慢")
    desk = make.sign_in("complaint_desk", customer.branch, language="en")
    address = f"/complaints/{one.pk}/callback/"
    page = desk.get(address).content.decode()
    assert "Does it work now" in page.replace("does it work now", "Does it work now")
    assert "晚上网速慢" in page
    follow_up = desk.get(f"/follow-ups/{calling_back.callback_of(one).pk}/").content.decode()
    assert address in follow_up
    form = {"key": str(uuid4()), "outcome": "answered", "note": "还是慢"}
    refused = desk.post(address, form | {"result": "11"})
    assert refused.status_code == 422
    assert "还是慢" in refused.content.decode()
    assert desk.post(address, form | {"solved": "1"}).status_code == 422
    for _ in range(2):
        assert desk.post(address, form | {"solved": "0", "result": "3"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.reopened) == ("reopened", 1)
    assert "The complaint is open again as Raised" in desk.get(address).content.decode()
    assert f"It stands as “Reopened”; {one.owner} answers for it." in desk.get(address).content.decode()
    assert "还是慢" in desk.get(f"/complaints/{one.pk}/answers/").content.decode()


def test_who_dealt_with_it_sees_why_they_do_not_call(customer):
    one = answered(customer)
    agent = make.Client()
    agent.force_login(one.resolved_by)
    page = agent.get(f"/complaints/{one.pk}/callback/").content.decode()
    assert "callback_outcome" not in page
    assert str(one.resolved_by) in page


def uncovered():
    return Event.objects.filter(verb="complaint.number_uncovered").order_by("pk")


def test_who_calls_back_and_sees_no_numbers_has_this_one_shown_with_a_click(customer):
    one = answered(customer, caller_number="13912345678")
    inspector, owed = make.user("quality", customer.branch, language="en"), calling_back.callback_of(one)
    quality, address = make.Client(), f"/complaints/{one.pk}/callback/"
    quality.force_login(inspector)
    page = quality.get(address).content.decode()
    assert "139****5678" in page
    assert "13912345678" not in page
    assert f'action="{address}number/"' in page
    assert not uncovered().exists()
    part = quality.post(f"{address}number/", headers={"HX-Request": "true"}).content.decode()
    assert "13912345678" in part
    assert "<html" not in part
    whole = quality.post(f"{address}number/").content.decode()
    assert "13912345678" in whole
    assert customer.name not in whole
    assert "callback_outcome" in whole
    kept = uncovered().first()
    assert (uncovered().count(), kept.actor, kept.customer_id) == (2, inspector, customer.pk)
    assert kept.data == {"purpose": "call back", "round": 1, "follow_up": owed.pk}
    assert "13912345678" not in quality.get(address).content.decode(), "each look is recorded"
    seeing = make.sign_in("complaint_desk", customer.branch).get(address).content.decode()
    assert "13912345678" in seeing
    assert f"{address}number/" not in seeing


def test_nobody_has_it_shown_who_does_not_have_the_call_in_hand(customer):
    one = answered(customer)
    first, second = (make.user("quality", customer.branch) for _n in range(2))
    for person in (one.resolved_by, make.user("clerk", customer.unit), make.user("guide", customer.unit)):
        with pytest.raises(ValidationError):
            dialling.uncover(one, by=person)
    dialling.uncover(one, by=first)
    with pytest.raises(ValidationError, match=str(first)):
        dialling.uncover(one, by=second)
    later = timezone.now() + timedelta(hours=1, minutes=1)
    dialling.uncover(one, by=second, at=later)
    call(one, second, "no_answer", at=timezone.now())
    dialling.uncover(one, by=first)
    owner = make.user("complaint_desk", customer.branch)
    call(one, first, "no_answer", at=timezone.now())
    arranging.take_over(calling_back.callback_of(one), by=owner)
    with pytest.raises(ValidationError, match=str(owner)):
        dialling.uncover(one, by=second)
    call(one, owner, said=GOOD)
    for person in (owner, first):
        with pytest.raises(ValidationError):
            dialling.uncover(one, by=person)
    assert uncovered().count() == 3


def test_the_number_of_a_caller_who_is_no_customer_is_shown_so_too(customer):
    one = answered(customer)
    type(one).objects.filter(pk=one.pk).update(customer=None, caller_number="13700000000")
    FollowUp.objects.all().delete()
    one.refresh_from_db()
    assert dialling.uncover(one, by=make.user("quality", one.branch)) == "13700000000"
    with pytest.raises(ValidationError):
        dialling.uncover(one, by=make.user("quality", one.branch))
    assert uncovered().get().data["follow_up"] is None


@pytest.mark.django_db(transaction=True)
def test_of_those_who_take_a_call_at_once_one_has_the_number():
    one = answered()
    people = [make.user("quality", one.branch) for _n in range(3)]
    race(calling_back.callback_of(one), [partial(dialling.uncover, one, by=person) for person in people])
    assert uncovered().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_call_at_once_one_answer_counts():
    one = answered()
    people = [make.user("complaint_desk", one.branch) for _ in range(2)]
    owed = calling_back.callback_of(one)
    race(owed, [partial(call, one, by, said=said) for by, said in zip(people, (GOOD, BAD), strict=True)])
    one.refresh_from_db()
    assert one.callback_answers.filter(round=1).count() == 1
    assert one.state in ("closed", "reopened")
    assert one.changes.filter(then=one.state).count() == 1
