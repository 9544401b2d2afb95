"""Exactly one person answers for a complaint at any time (D13, A11)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from complaints import assigning, deputising
from complaints.models import ComplaintRules, StateChange
from tests import complaining, make
from tests.complaints.test_handling import at_work
from work.models import Notice

pytestmark = pytest.mark.django_db


def colleague(one, role="complaint_desk", at=None):
    return make.user(role, at or one.branch)


def test_assigned_it_keeps_who_accepted_it():
    one = at_work("accepted")
    other = colleague(one)
    assigning.assign(one, other, by=one.owner)
    one.refresh_from_db()
    assert (one.state, one.owner, one.transfers, one.unit) == ("assigned", other, 0, one.branch)
    assert one.first_owner != other
    assert Notice.objects.filter(kind="complaint.owned", user=other).count() == 1


@pytest.mark.parametrize("role", ["finance", "quality"])
def test_only_who_handles_complaints_gets_one(role):
    one = at_work("accepted")
    with pytest.raises(ValidationError) as refusal:
        assigning.assign(one, colleague(one, role), by=one.owner)
    assert "owner" in refusal.value.message_dict


def test_nobody_of_another_branch_gets_one():
    one = at_work("accepted")
    with pytest.raises(ValidationError):
        assigning.assign(one, make.user("complaint_desk"), by=one.owner)


def test_whom_it_is_about_never_gets_it():
    one = at_work("accepted")
    about = colleague(one)
    type(one).objects.filter(pk=one.pk).update(person=about)
    with pytest.raises(ValidationError) as refusal:
        assigning.assign(one, about, by=one.owner)
    assert "owner" in refusal.value.message_dict


def test_by_its_class_it_goes_to_who_has_least_to_do_and_is_there():
    one = at_work("accepted")
    network = make.unit(parent=one.branch)
    busy, away, free = (make.user("duty_manager", network) for _ in range(3))
    complaining.complaint(one.customer, busy)
    make.absence(away, busy)
    one.category.unit = network
    one.category.save()
    assigning.dispatch(one, by=None)
    one.refresh_from_db()
    assert (one.owner, one.unit, one.state) == (free, network, "assigned")


def test_without_people_there_the_leader_or_the_desk_gets_it():
    one = at_work("accepted")
    head = make.user("branch_head", one.branch)
    one.category.unit = make.unit(parent=one.branch)
    one.category.save()
    assigning.dispatch(one, by=None)
    one.refresh_from_db()
    assert one.owner == head
    other = at_work("accepted")
    desk = colleague(other)
    assigning.dispatch(other, by=None)
    other.refresh_from_db()
    assert other.owner == desk


def test_where_nobody_is_found_who_accepted_it_keeps_it():
    one = at_work("accepted")
    assigning.dispatch(one, by=None)
    one.refresh_from_db()
    assert one.state == "assigned"
    assert one.owner == one.first_owner


@pytest.mark.practice("D13")
def test_hand_overs_are_counted_and_too_many_ring():
    one = at_work()
    lead = make.user("duty_manager", one.unit)
    people = [colleague(one, "hotline") for _ in range(4)]
    for person in people:
        assigning.hand_over(one, person, by=lead, reason="专业不同")
    one.refresh_from_db()
    assert (one.transfers, one.owner, one.state) == (4, people[-1], "in_progress")
    assert Notice.objects.filter(kind="complaint.passed_around").count() == 1
    rows = StateChange.objects.filter(complaint=one)
    assert [row.owner for row in rows][1:] == people
    assert {row.then for row in rows} == {"in_progress"}


def test_a_hand_over_says_why_and_to_somebody_else():
    one = at_work()
    for owner, why in ((colleague(one), " "), (one.owner, "我")):
        with pytest.raises(ValidationError):
            assigning.hand_over(one, owner, by=one.owner, reason=why)
    over = at_work("closed")
    with pytest.raises(ValidationError):
        assigning.hand_over(over, colleague(over), by=over.owner, reason="晚了")


def test_a_colleague_takes_it():
    one = at_work("accepted")
    mine, other = colleague(one), colleague(one)
    assigning.take(one, by=mine)
    assigning.take(one, by=other)
    one.refresh_from_db()
    assert (one.owner, one.state, one.transfers) == (other, "assigned", 1)


def test_who_is_away_lends_theirs_and_gets_them_back():
    one = at_work()
    person, deputy = one.owner, colleague(one)
    complaining.complaint(one.customer, person)
    absence = make.absence(person, deputy, starts=timezone.now() - timedelta(hours=1))
    absence.begin(timezone.now())
    one.refresh_from_db()
    assert (one.owner, one.for_owner, one.transfers) == (deputy, person, 0)
    assert Notice.objects.get(user=deputy, kind__startswith="complaint").words == "2 complaints are yours now."
    deputising.follow(absence)
    assert StateChange.objects.filter(complaint=one).count() == 2
    absence.finish(timezone.now())
    one.refresh_from_db()
    assert (one.owner, one.for_owner) == (person, None)


def test_a_deputy_who_is_another_by_now_is_told_of_none_and_chosen_again_of_each_once():
    one = at_work()
    person, first, second = one.owner, colleague(one), colleague(one)
    complaining.complaint(one.customer, person)
    absence = make.absence(person, first, starts=timezone.now() - timedelta(hours=1))
    absence.begin(timezone.now())
    for deputy in (second, first):
        absence.deputy = deputy
        absence.save(update_fields=["deputy"])
        deputising.follow(absence)
    told = Notice.objects.filter(kind="complaint.many_owned")
    assert {one.user: (one.data["n"], one.done_at is None) for one in told} == {first: (2, True), second: (0, False)}
    absence.finish(timezone.now())
    assert told.get(done_at=None).user == person


def test_what_the_deputy_may_not_have_goes_to_the_leader():
    one = at_work()
    person, deputy = one.owner, colleague(one)
    lead = make.user("branch_head", one.branch)
    type(one).objects.filter(pk=one.pk).update(person=deputy)
    make.absence(person, deputy, starts=timezone.now() - timedelta(hours=1)).begin(timezone.now())
    one.refresh_from_db()
    assert (one.owner, one.for_owner) == (lead, person)


def test_rules_may_allow_more_hand_overs():
    one = at_work()
    ComplaintRules.objects.create(branch=one.branch, transfers=9)
    make.user("duty_manager", one.unit)
    for _ in range(4):
        assigning.hand_over(one, colleague(one, "hotline"), by=None, reason="换人")
    assert not Notice.objects.filter(kind="complaint.passed_around")
