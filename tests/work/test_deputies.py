"""Whose work it is while people are away, one absence after the other (domain 4.4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from jobs.models import Run
from staff.models import Absence
from staff.tasks import follow_absences
from tests import make
from work import arranging
from work.models import FollowUp
from work.owing import owe

pytestmark = pytest.mark.django_db


def at(**shift):
    return timezone.now() + timedelta(**shift)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def people(hall):
    return [make.user("clerk", hall) for _ in range(3)]


@pytest.fixture
def made(hall, people):
    return make.follow_up(make.customer(hall), people[0])


def away(person, deputy, **fields):
    fields = {"starts": at(hours=-1), "ends": at(days=2), "kind": "leave"} | fields
    return Absence.enter(by=person, user=person, deputy=deputy, **fields)


def whose(one):
    one.refresh_from_db()
    return one.owner, one.for_owner


def sweep():
    """The job, until there is nothing left to do."""
    run = Run(job="staff.absences")
    while follow_absences(run):
        pass


def over(absence):
    """Its time is over, and nobody has looked yet."""
    Absence.objects.filter(pk=absence.pk).update(starts_at=at(days=-3), ends_at=at(hours=-1))


def test_after_two_absences_back_to_back_it_is_their_own_again(made, people):
    one, first, second = people
    over(away(one, first))
    make.absence(first, second, starts=at(hours=-1))
    sweep()
    assert whose(made) == (one, None)


def test_what_was_lent_already_comes_back_to_whom_it_was_lent_by(made, people):
    one, first, second = people
    over(away(one, first))
    away(first, second)  # begins at once, before the other was seen to be over
    sweep()
    assert whose(made) == (one, None)


def test_the_deputy_of_the_next_absence_goes_on(made, people):
    one, first, second = people
    over(away(one, first))
    away(one, second)
    sweep()
    assert whose(made) == (second, one)


def test_what_a_deputy_cannot_follow_up_is_the_units(made, people, hall):
    one, agent = people[0], make.user("agent", hall)
    absence = away(one, agent)
    assert whose(made) == (None, one)
    assert Event.objects.get(subject_id=made.pk, verb__startswith="follow_up.").verb == "follow_up.left"
    new = owe(made.customer, "visit", "上门", key="x", due_at=at(hours=1), by=one, owner=one)
    assert whose(new) == (None, one)
    absence.end(by=one)
    assert whose(made) == whose(new) == (one, None)


def test_one_tried_again_is_the_deputys_or_its_owners_as_of_then(made, people, hall):
    one, first, second = people
    FollowUp.objects.filter(pk=made.pk).update(state="in_progress")
    absence = away(one, first)
    FollowUp.objects.filter(pk=made.pk).update(state="unreachable", ended_at=at())
    absence.end(by=one)
    arranging.try_again(made, by=second)
    assert whose(made) == (one, None)
    FollowUp.objects.filter(pk=made.pk).update(state="in_progress")
    FollowUp.objects.filter(pk=made.pk).update(state="unreachable", ended_at=at())
    away(one, second, starts=at())
    arranging.try_again(made, by=first)
    assert whose(made) == (second, one)
