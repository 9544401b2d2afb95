"""Owing, trying and arranging: each works, is refused, and is raced."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import Event
from customers.models import Interaction
from customers.visits import record_visit
from tests import make
from tests.race import race, together
from work import arranging, attempting
from work.models import FollowUp
from work.owing import owe

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SOON = NOW + timedelta(hours=1)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def colleague(hall):
    return make.user("clerk", hall)


@pytest.fixture
def customer(hall):
    return make.customer(hall)


def state_of(follow_up):
    return FollowUp.objects.get(pk=follow_up.pk).state


def test_a_promise_says_what_by_when_and_how_it_was_told(customer, clerk):
    made = owe(customer, "promise", " 周五前答复 ", key="p", due_at=SOON, by=clerk, owner=clerk, told_by="phone")
    assert (made.what, made.get_told_by_display(), made.owner, made.unit) == (
        "周五前答复", "By phone", clerk, clerk.postings.get().unit,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"what": " "}, "what"),
        ({"kind": "promise"}, "told_by"),
        ({"late_at": NOW}, "late_at"),
        ({"kind": "callback", "handled": True}, "owner"),
    ],
)
def test_what_is_missing_is_said_next_to_its_field(customer, clerk, told, field):
    wish = {"kind": "callback", "what": "回访", "key": "x", "due_at": SOON, "owner": clerk} | told
    if wish.pop("handled", None):
        wish["handled_by"] = clerk
    with pytest.raises(ValidationError) as refused:
        owe(customer, wish.pop("kind"), wish.pop("what"), by=clerk, **wish)
    assert field in refused.value.message_dict


@pytest.mark.parametrize("days", [-40_000, 40_000])
def test_a_slip_of_the_pen_in_a_time_is_refused(customer, clerk, days):
    far = NOW + timedelta(days=days)
    with pytest.raises(ValidationError) as refused:
        owe(customer, "callback", "回访", key="f", due_at=far, by=clerk, owner=clerk)
    assert set(refused.value.error_dict) == {"due_at"}
    planned = make.follow_up(customer, clerk)
    with pytest.raises(ValidationError):
        arranging.reschedule(planned, far, by=clerk, version=planned.version)
    with pytest.raises(ValidationError):
        attempting.attempt(planned, "call_later", by=clerk, call_at=far)


def test_somebody_of_another_branch_owns_nothing_here(customer, clerk):
    with pytest.raises(ValidationError, match="does not follow up here"):
        owe(customer, "visit", "上门", key="x", due_at=SOON, by=clerk, owner=make.user("clerk"))


@pytest.mark.django_db(transaction=True)
def test_the_same_wish_twice_at_once_is_one_follow_up(customer, clerk):
    made = together(lambda: owe(customer, "visit", "上门", key="same", due_at=SOON, by=clerk, owner=clerk))
    assert len({one.pk for one in made}) == FollowUp.objects.count() == 1
    assert Event.objects.filter(verb="follow_up.made").count() == 1


@pytest.mark.parametrize("result", ["satisfied", "neutral"])
def test_an_answer_ends_it(customer, clerk, result):
    made = make.follow_up(customer, clerk)
    attempting.attempt(made, "answered", by=clerk, result=result, note="一切正常 440202199001011234")
    assert (made.state, made.ended_by) == (f"done_{result}", clerk)
    assert made.attempts.get().note == "一切正常 4402**********1234"


def test_a_negative_answer_is_remedied_and_asked_again(customer, clerk, colleague):
    """Done badly, remedied by its owner in time, asked again, done well (A22)."""
    made = make.follow_up(customer, clerk)
    attempting.attempt(made, "answered", by=clerk, result="dissatisfied")
    remedy = made.remedies_made.get()
    assert (made.state, made.ended_at, remedy.owner, remedy.kind) == ("remedy_open", None, clerk, "remedy")
    attempting.attempt(remedy, "answered", by=clerk, result="neutral")
    made.refresh_from_db()
    assert made.state == "remedy_done"
    FollowUp.objects.filter(pk=made.pk).update(due_at=NOW)
    from work import due

    due.turn()
    made.refresh_from_db()
    assert made.state == "recheck"
    attempting.attempt(made, "answered", by=clerk, result="satisfied")
    assert made.state == "done_satisfied"


@pytest.mark.parametrize("end", ["refused", "unreachable", "cancelled"])
def test_a_remedy_that_comes_to_nothing_leaves_nothing_waiting_for_it(customer, clerk, end):
    made = make.follow_up(customer, clerk)
    attempting.attempt(made, "answered", by=clerk, result="dissatisfied")
    remedy = made.remedies_made.get()
    if end == "cancelled":
        arranging.cancel(remedy, by=clerk, reason="客户已来厅")
    for n in range(3 if end == "unreachable" else 0):
        attempting.attempt(remedy, "no_answer", by=clerk, at=NOW + timedelta(days=n))
    if end == "refused":
        attempting.attempt(remedy, "refused", by=clerk)
    assert (remedy.state, state_of(made)) == (end, "remedy_done")


def test_a_remedy_is_done_though_nobody_asks_about_it_any_more(customer, clerk):
    made = make.follow_up(customer, clerk)
    attempting.attempt(made, "answered", by=clerk, result="dissatisfied")
    arranging.cancel(made, by=clerk, reason="客户已来厅")
    attempting.attempt(made.remedies_made.get(), "answered", by=clerk, result="neutral")
    assert state_of(made) == "cancelled"


def test_what_has_ended_is_not_tried_again(customer, clerk):
    made = make.follow_up(customer, clerk)
    attempting.attempt(made, "refused", by=clerk)
    with pytest.raises(ValidationError):
        attempting.attempt(made, "answered", by=clerk, result="satisfied")
    assert made.attempts.count() == 1


def test_three_tries_on_two_days_and_it_counts_as_unreachable(customer, clerk):
    made, at = make.follow_up(customer, clerk), NOW.replace(hour=2)  # 10:00 in Shanghai
    tried = []
    for _ in range(3):
        attempting.attempt(made, "no_answer", by=clerk, at=at)
        tried.append(made.attempts.last().at)
        at = made.due_at
    assert made.state == "unreachable"
    assert len({timezone.localtime(one).date() for one in tried}) == 2


def test_a_wrong_number_is_not_called_again(customer, clerk):
    make.identifier(customer, "13800000001")
    make.identifier(customer, "13800000002")
    made = make.follow_up(customer, clerk, number="13800000001")
    attempting.attempt(made, "wrong_number", by=clerk)
    assert made.number == "13800000002"
    attempting.attempt(made, "busy", by=clerk)
    assert made.number == "13800000002"


def test_called_when_they_asked_to_be(customer, clerk):
    made, later = make.follow_up(customer, clerk), NOW + timedelta(days=3)
    attempting.attempt(made, "call_later", by=clerk, call_at=later)
    assert (made.state, made.due_at, made.late_at) == ("planned", later, later)
    with pytest.raises(ValidationError, match="lies ahead"):
        attempting.attempt(made, "call_later", by=clerk, call_at=NOW - timedelta(hours=1))


def test_a_promise_does_not_become_later_by_not_reaching_the_customer(customer, clerk):
    made = make.follow_up(customer, clerk, kind="promise")
    before = made.late_at
    attempting.attempt(made, "no_answer", by=clerk)
    assert made.late_at == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_finish_at_once_one_does(customer, clerk, colleague):
    made = make.follow_up(customer, clerk)

    def finish(by):
        one = FollowUp.objects.get(pk=made.pk)
        return attempting.attempt(one, "answered", by=by, result="satisfied")

    got = race(made, [lambda: finish(clerk), lambda: finish(colleague)])
    assert sum(isinstance(one, ValidationError) for one in got) == 1
    assert made.attempts.count() == 1


@pytest.mark.django_db(transaction=True)
def test_finished_and_moved_at_once_only_one_holds(customer, clerk):
    made = make.follow_up(customer, clerk)

    def finish():
        attempting.attempt(FollowUp.objects.get(pk=made.pk), "answered", by=clerk, result="satisfied")

    def move():
        arranging.reschedule(FollowUp.objects.get(pk=made.pk), NOW + timedelta(days=1), by=clerk, version=1)

    got = race(made, [finish, move])
    assert sum(isinstance(one, ValidationError) for one in got) in {0, 1}
    assert state_of(made) == "done_satisfied"


def test_a_change_in_between_is_refused(customer, clerk):
    made = make.follow_up(customer, clerk)
    arranging.note(made, "客户出差", by=clerk)
    with pytest.raises(ValidationError, match="changed this follow-up meanwhile"):
        arranging.reschedule(made, NOW + timedelta(days=1), by=clerk, version=1)
    arranging.reschedule(made, NOW + timedelta(days=1), by=clerk, version=made.version)
    assert (made.moved_times, made.late_at - made.due_at) == (1, timedelta(hours=1))


def test_a_promise_is_not_moved_past_its_time(customer, clerk):
    made = make.follow_up(customer, clerk, kind="promise")
    with pytest.raises(ValidationError, match="promised for an earlier time"):
        arranging.reschedule(made, made.late_at + timedelta(minutes=1), by=clerk, version=1)


def test_handing_over_needs_a_reason_and_is_counted(customer, clerk, colleague):
    made = make.follow_up(customer, clerk)
    with pytest.raises(ValidationError, match="Say why"):
        arranging.hand_over(made, colleague, by=clerk, reason=" ")
    arranging.hand_over(made, colleague, by=clerk, reason="轮休")
    assert (made.owner, made.handed_over) == (colleague, 1)
    arranging.hand_over(made, None, by=colleague, reason="大家来")
    arranging.take_over(made, by=clerk)
    assert (made.owner, made.handed_over) == (clerk, 3)


@pytest.mark.django_db(transaction=True)
def test_whoever_takes_it_first_owns_it(customer, clerk, colleague):
    made = make.follow_up(customer)
    got = race(
        made, [lambda p=p: arranging.take_over(FollowUp.objects.get(pk=made.pk), by=p) for p in (clerk, colleague)]
    )
    assert sum(isinstance(one, ValidationError) for one in got) == 1


def test_nobody_checks_their_own_work_on_any_path(customer, clerk, colleague):
    made = make.follow_up(customer, colleague, handled_by=clerk)
    pool = make.follow_up(customer, handled_by=clerk)
    for path in (
        lambda: attempting.attempt(made, "answered", by=clerk, result="satisfied"),
        lambda: attempting.tick_off(made, by=clerk, at=NOW),
        lambda: arranging.hand_over(made, clerk, by=colleague, reason="轮休"),
        lambda: arranging.take_over(pool, by=clerk),
    ):
        with pytest.raises(ValidationError, match="somebody else has to do it"):
            path()
    with pytest.raises(DatabaseError), transaction.atomic():
        FollowUp.objects.filter(pk=made.pk).update(owner=clerk)


def test_an_answer_can_be_taken_back_for_a_short_while(customer, clerk, colleague):
    made = make.follow_up(customer, clerk)
    attempting.attempt(made, "answered", by=clerk, result="neutral")
    with pytest.raises(ValidationError, match="of yours"):
        attempting.undo(made, by=colleague)
    with pytest.raises(ValidationError, match="last minutes"):
        attempting.undo(made, by=clerk, at=timezone.now() + timedelta(hours=1))
    attempting.undo(made, by=clerk)
    assert (made.state, made.ended_at, made.ended_by) == ("due", None, None)


def test_cancelled_with_a_reason(customer, clerk):
    made = make.follow_up(customer, clerk)
    with pytest.raises(ValidationError, match="Say why"):
        arranging.cancel(made, by=clerk, reason="")
    arranging.cancel(made, by=clerk, reason="客户已来厅")
    assert (made.state, made.ended_by) == ("cancelled", clerk)


def test_the_database_itself_refuses_a_move_that_is_not_listed(customer, clerk):
    made = make.follow_up(customer, clerk)
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        FollowUp.objects.filter(pk=made.pk).update(state="unreachable")


# What a contact promises.


def visit(customer, clerk, **fields):
    reason = make.reason(customer.branch)
    fields = {"next_step": "follow_up", "follow_up": "回电", "follow_up_on": timezone.localdate()} | fields
    return record_visit(
        customer, by=clerk, key=uuid4(), stage="in_sale", channel="hall", items=[{"reason": reason}], **fields
    )


def test_a_contact_with_a_next_step_makes_one_follow_up(customer, clerk):
    contact = visit(customer, clerk, follow_up_on=timezone.localdate() + timedelta(days=2))
    made = FollowUp.objects.get()
    assert (made.interaction, made.owner, made.unit, made.what) == (contact, clerk, contact.unit, "回电")
    assert f"{timezone.localtime(made.due_at):%H:%M}" == "08:30"
    assert timezone.localtime(made.late_at).date() == contact.follow_up_on + timedelta(days=1)


def test_both_are_done_together_whichever_is_ticked_off(customer, clerk):
    first, second = visit(customer, clerk), visit(customer, clerk)
    first.follow_up_is_done(by=clerk)
    assert state_of(first.promised) == "done_neutral"
    attempting.attempt(second.promised, "answered", by=clerk, result="satisfied")
    assert Interaction.objects.get(pk=second.pk).followed_up_at == second.promised.ended_at
    attempting.undo(second.promised, by=clerk)
    assert Interaction.objects.get(pk=second.pk).awaits_follow_up


@pytest.mark.django_db(transaction=True)
def test_ticked_off_through_both_doors_at_once_it_is_done_once(customer, clerk):
    contact = visit(customer, clerk)

    def tick():
        Interaction.objects.get(pk=contact.pk).follow_up_is_done(by=clerk)

    def answer():
        attempting.attempt(FollowUp.objects.get(), "answered", by=clerk, result="satisfied")

    race(contact, [tick, answer, tick, answer])
    assert Event.objects.filter(verb="interaction.followed_up").count() == 1
    assert Event.objects.filter(verb="follow_up.done").count() == 1


def test_a_later_contact_does_not_end_a_dated_callback(customer, clerk):
    """Reply and timer are independent."""
    made = make.follow_up(customer, clerk)
    visit(customer, clerk, next_step="none", follow_up="", follow_up_on=None)
    assert (state_of(made), FollowUp.objects.get().due_at) == ("planned", made.due_at)
