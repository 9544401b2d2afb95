"""What was accepted and not touched goes by itself to whoever is to handle it (D13, 4.1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints import assigning, dispatching, handling, owners
from complaints.models import Complaint, ComplaintRules, Duty, StateChange
from tests import complaining, make
from tests.complaints.test_handling import at_work
from tests.complaints.test_races import refused
from tests.race import race, together
from work.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.practice("D13")]
NOW = timezone.now()
LATER = NOW + timedelta(minutes=31)


@pytest.fixture
def one():
    """Accepted by a hotline agent a moment ago; the desk has somebody."""
    made = at_work("accepted", touched_at=NOW)
    made.desk = make.user("complaint_desk", made.branch)
    return made


def fresh(one):
    return Complaint.objects.get(pk=one.pk)


def test_untouched_for_the_minutes_of_the_rules_it_goes_to_the_desk(one):
    assert dispatching.dispatch(0, NOW + timedelta(minutes=29)) == (0, 0)
    assert dispatching.dispatch(0, LATER) == (0, 1)
    assert dispatching.dispatch(0, LATER) == (0, 0)
    after = fresh(one)
    assert (after.state, after.owner, after.first_owner, after.transfers) == ("assigned", one.desk, one.owner, 0)
    assert StateChange.objects.filter(complaint=one).last().by is None
    assert Notice.objects.filter(user=one.desk, kind="complaint.owned").count() == 1


def test_what_a_rule_gives_at_night_rings_in_working_time(one):
    make.calendar(one.branch)
    night = timezone.localtime(NOW + timedelta(days=2)).replace(hour=22)
    assert dispatching.dispatch(0, night) == (0, 1)
    told = Notice.objects.get(user=one.desk, kind="complaint.owned")
    assert (told.urgency, told.shows_at > night) == ("digest", True)


def test_a_note_or_a_try_begins_the_minutes_anew(one):
    handling.note(one, by=one.owner, text="正在核实", key="n", at=NOW + timedelta(minutes=20))
    assert dispatching.dispatch(0, LATER) == (0, 0)
    assert dispatching.dispatch(0, NOW + timedelta(minutes=51)) == (0, 1)


def test_a_branch_sets_its_minutes_or_wants_none_of_it(one):
    rules = ComplaintRules.objects.create(branch=one.branch, dispatch_minutes=0)
    assert dispatching.dispatch(0, NOW + timedelta(days=9)) == (0, 0)
    rules.dispatch_minutes = 5
    rules.save()
    assert dispatching.dispatch(0, NOW + timedelta(minutes=6)) == (0, 1)


def test_what_is_begun_or_came_from_a_file_stays(one):
    Complaint.objects.filter(pk=one.pk).update(imported=True)
    begun = complaining.complaint(one.customer, one.owner, touched_at=NOW)
    handling.contact(begun, by=one.owner, key="c", at=NOW)
    assert dispatching.dispatch(0, LATER) == (0, 0)


def test_one_that_nobody_can_have_holds_up_no_other(one):
    one.desk.postings.all().delete()
    nobody = complaining.complaint(one.customer, make.user("guide", one.branch), touched_at=NOW - timedelta(days=1))
    assert owners.found(nobody) is None
    dispatching.dispatch(0, LATER)
    assert (fresh(nobody).state, fresh(one).state) == ("accepted", "assigned")


@pytest.mark.parametrize(
    ("fields", "level", "fits"),
    [({}, 1, True), ({"from_level": 2}, 1, False), ({"from_level": 2}, 3, True), ({"active": False}, 3, False)],
)
def test_the_first_rule_of_dispatch_that_fits_names_the_unit(one, fields, level, fits):
    network, other = make.unit(parent=one.branch), make.unit(parent=one.branch)
    engineer = make.user("duty_manager", network)
    make.user("duty_manager", other)
    Complaint.objects.filter(pk=one.pk).update(level=level)
    group = one.category.parent
    for order, more in ((2, {"unit": other}), (1, {"unit": network, "category": group, "place": one.customer.unit})):
        Duty.objects.create(branch=one.branch, order=order, **more | (fields if order == 1 else {"active": False}))
    found, unit = owners.found(fresh(one))
    assert (found, unit) == ((engineer, network) if fits else (one.desk, one.branch))


def test_a_rule_of_another_place_or_class_does_not_fit_and_one_without_a_unit_means_the_desk(one):
    network = make.unit(parent=one.branch)
    one.category.unit = network
    one.category.save()
    engineer = make.user("duty_manager", network)
    elsewhere = {"place": network, "unit": one.branch}
    Duty.objects.create(branch=one.branch, order=1, **elsewhere)
    Duty.objects.create(branch=one.branch, order=2, category=complaining.category(one.branch), unit=one.branch)
    assert owners.found(fresh(one))[0] == engineer
    Duty.objects.create(branch=one.branch, order=3)
    assert owners.found(fresh(one))[0] == one.desk


@pytest.mark.django_db(transaction=True)
def test_of_a_person_and_the_clock_one_assigns_it():
    one = at_work("accepted", touched_at=NOW)
    desk, chosen = make.user("complaint_desk", one.branch), make.user("hotline", one.branch)
    works = [
        lambda: assigning.assign(one, chosen, by=desk),
        lambda: assigning.dispatch(one, by=None, at=LATER),
    ]
    got = race(one, works)
    assert refused(got) == 1
    assert fresh(one).state == "assigned"
    assert StateChange.objects.filter(complaint=one, then="assigned").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_dispatch_it_once():
    one = at_work("accepted", touched_at=NOW)
    make.user("complaint_desk", one.branch)
    together(lambda: dispatching.dispatch(0, LATER), 3)
    assert StateChange.objects.filter(complaint=one, then="assigned").count() == 1
