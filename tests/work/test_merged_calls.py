"""Several follow-ups in one call: none is lost when the call ends, moves or is taken back (amendment 2)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from staff.models import Absence
from tests import make
from tests.race import race, wait_until_blocked
from work import arranging, attempting, bulk_actions, due, merging
from work.models import FollowUp
from work.owing import owe

pytestmark = pytest.mark.django_db


def at(**shift):
    return timezone.now() + timedelta(**shift)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def customer(hall):
    return make.customer(hall)


@pytest.fixture
def call(customer, clerk):
    """A call that is due, and the part of it that was planned for three days later."""
    lead, part = make.follow_up(customer, clerk), make.follow_up(customer, clerk, due_at=at(days=3))
    merging.merge([lead, part], by=clerk)
    return afresh(lead, part)


def afresh(*rows):
    for one in rows:
        one.refresh_from_db()
    return rows


def test_a_part_that_is_left_when_the_call_is_given_up_is_a_call_of_its_own(call, customer, clerk):
    late = make.follow_up(customer, clerk, due_at=at(days=9))
    lead, part = call
    for n in range(2):
        attempting.attempt(lead, "no_answer", by=clerk, at=at(days=n))
    merging.merge([lead, late], by=clerk)
    attempting.attempt(lead, "no_answer", by=clerk, at=at(days=2))
    afresh(part, late)
    assert (lead.state, part.state, late.state) == ("unreachable", "unreachable", "planned")
    assert (late.merged_into, late in FollowUp.objects.to_do()) == (None, True)


def test_a_part_that_waits_for_its_remedy_leaves_the_call_and_is_asked_again(call, clerk):
    lead, part = call
    attempting.attempt(lead, "answered", by=clerk, result="satisfied", answers={part.pk: "dissatisfied"})
    afresh(part)
    assert (part.state, part.merged_into) == ("remedy_open", None)
    attempting.attempt(part.remedies_made.get(), "answered", by=clerk, result="neutral")
    FollowUp.objects.filter(pk=part.pk).update(due_at=at(seconds=-1))
    due.turn()
    assert part in FollowUp.objects.to_do()


@pytest.mark.parametrize("end", ["tick_off", "cancel"])
def test_a_part_of_a_call_that_is_over_rings_at_its_own_time(call, clerk, end):
    lead, part = call
    FollowUp.objects.update(due_at=at(seconds=-1))
    due.turn()
    if end == "tick_off":
        attempting.tick_off(lead, by=clerk, at=at())
    else:
        arranging.cancel(lead, by=clerk, reason="客户已来厅")
    afresh(part)
    assert (part.state, part.merged_into, part.own_due_at) == ("planned", None, None)
    assert part.due_at > at(days=2)
    FollowUp.objects.filter(pk=part.pk).update(due_at=at(seconds=-1))
    assert due.turn() == 1


def test_a_part_not_reached_is_tried_again_in_a_call_of_its_own(call, clerk):
    _lead, part = call
    FollowUp.objects.filter(pk=part.pk).update(state="in_progress")
    FollowUp.objects.filter(pk=part.pk).update(state="unreachable", ended_at=at())
    arranging.try_again(afresh(part)[0], by=clerk)
    assert part in FollowUp.objects.to_do()


def test_the_answer_of_a_part_taken_back_makes_it_a_call_of_its_own(call, clerk):
    lead, part = call
    attempting.attempt(lead, "answered", by=clerk, result="satisfied", answers={part.pk: "satisfied"})
    attempting.undo(afresh(part)[0], by=clerk)
    assert part in FollowUp.objects.to_do()


def test_a_call_moves_with_its_parts_each_as_long_before_it_is_late_as_ever(call, clerk):
    lead, part = call
    arranging.reschedule(lead, at(days=8), by=clerk, version=lead.version)
    afresh(part)
    assert (part.due_at, part.late_at - part.due_at) == (lead.due_at, timedelta(hours=1))


def test_a_call_is_not_moved_past_what_one_part_promised(customer, clerk):
    lead, promise = make.follow_up(customer, clerk), make.follow_up(customer, clerk, kind="promise")
    merging.merge([lead, promise], by=clerk)
    afresh(lead)
    with pytest.raises(ValidationError, match="promised for an earlier time"):
        arranging.reschedule(lead, at(days=1), by=clerk, version=lead.version)
    (promise,) = afresh(promise)
    assert promise.due_at < promise.late_at


def test_a_call_taken_back_can_be_answered_while_one_part_waits_for_its_remedy(call, clerk):
    lead, part = call
    attempting.attempt(lead, "answered", by=clerk, result="neutral", answers={part.pk: "dissatisfied"})
    attempting.undo(lead, by=clerk)
    attempting.attempt(lead, "answered", by=clerk, result="satisfied")
    afresh(part)
    assert (lead.state, part.state) == ("done_satisfied", "remedy_open")


# Beside each other.


def orphans():
    """What is open and part of a call that nobody makes any more."""
    return FollowUp.objects.open().filter(merged_into__ended_at__isnull=False)


@pytest.mark.django_db(transaction=True)
def test_a_rule_does_not_join_a_call_that_ends_at_this_moment(customer, clerk):
    planned = owe(customer, "callback", "新装", key="1", due_at=at(days=1), by=None, owner=clerk, origin="rule")

    def cancel():
        arranging.cancel(FollowUp.objects.get(pk=planned.pk), by=clerk, reason="客户已来厅")

    def wish():
        return owe(customer, "callback", "满意度", key="2", due_at=at(days=2), by=None, owner=clerk, origin="rule")

    _cancelled, made = race(planned, [cancel, wish])
    assert not orphans().exists()
    assert made in FollowUp.objects.to_do()


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_an_absence_at_once_do_not_wait_for_each_other(customer, clerk, hall):
    part, deputy = make.follow_up(customer, clerk, due_at=at(days=3)), make.user("clerk", hall)
    lead = make.follow_up(customer, clerk)
    merging.merge([lead, part], by=clerk)

    def go_away():
        return Absence.enter(by=clerk, user=clerk, deputy=deputy, kind="leave", starts=at(hours=-1), ends=at(days=2))

    def answer():
        wait_until_blocked(1)  # the absence stands in line first
        one = FollowUp.objects.get(pk=lead.pk)
        return attempting.attempt(one, "answered", by=clerk, result="satisfied", answers={part.pk: "dissatisfied"})

    race(part, [go_away, answer])
    assert [one.state for one in afresh(lead, part)] == ["done_satisfied", "remedy_open"]


@pytest.mark.django_db(transaction=True)
def test_a_remedy_and_an_absence_at_once_do_not_wait_for_each_other(customer, clerk, hall):
    asked, deputy = make.follow_up(customer, clerk), make.user("clerk", hall)
    attempting.attempt(asked, "answered", by=clerk, result="dissatisfied")

    def go_away():
        return Absence.enter(by=clerk, user=clerk, deputy=deputy, kind="leave", starts=at(hours=-1), ends=at(days=2))

    def remedy():
        wait_until_blocked(1)
        return attempting.attempt(asked.remedies_made.get(), "answered", by=clerk, result="neutral")

    race(asked, [go_away, remedy])
    assert afresh(asked)[0].state == "remedy_done"


@pytest.mark.django_db(transaction=True)
def test_a_call_held_for_a_whole_list_and_an_absence_at_once_do_not_wait_for_each_other(customer, clerk, hall):
    part, deputy = make.follow_up(customer, clerk, due_at=at(days=3)), make.user("clerk", hall)
    lead = make.follow_up(customer, clerk)
    merging.merge([lead, part], by=clerk)

    def go_away():
        return Absence.enter(by=clerk, user=clerk, deputy=deputy, kind="leave", starts=at(hours=-1), ends=at(days=2))

    def move():
        wait_until_blocked(1)
        with transaction.atomic():
            one = bulk_actions.hold(lead.pk)
            return arranging.reschedule(one, at(days=1), by=clerk, version=one.version)

    race(part, [go_away, move])
    assert afresh(lead)[0].due_at > at(hours=20)
