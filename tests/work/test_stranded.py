"""No work stays with somebody who cannot do it: whoever can has it, and the leader hears of what nobody has."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from audit.models import Event
from customers.masking import Shown
from jobs.models import Run
from staff.models import Absence, Posting
from tests import make
from tests.race import race, together
from work import history, stranded
from work.absence_notices import tell_of_unable
from work.models import FollowUp, Notice
from work.owing import owe, refuse_absent
from work.tasks import find_stranded

pytestmark = pytest.mark.django_db


def at(**shift):
    return timezone.now() + timedelta(**shift)


@pytest.fixture
def hall():
    department = make.unit("department")
    make.calendar(department.branch, week=["00:00-24:00"] * 7)
    return make.unit("hall", department)


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def deputy(hall):
    return make.user("clerk", hall)


@pytest.fixture
def leader(hall):
    return make.user("duty_manager", hall)


@pytest.fixture
def made(hall, clerk):
    return make.follow_up(make.customer(hall), clerk)


def away(person, deputy, **fields):
    """As it stands when somebody gave the person something at the moment it began."""
    return make.absence(person, deputy, starts=at(hours=-1), **{"begun_at": at(hours=-1)} | fields)


def sweep():
    run = Run(job="work.stranded")
    while find_stranded(run):
        pass
    return run.counts.get("moved", 0)


def whose(one):
    one.refresh_from_db()
    return one.owner, one.for_owner


def events(verb):
    return Event.objects.filter(verb=f"follow_up.{verb}").count()


def test_what_lies_with_those_who_can_do_it_stays(made, clerk, leader):
    make.follow_up(made.customer)  # the pool's
    assert sweep() == 0
    assert whose(made) == (clerk, None)
    assert not Notice.objects.exists()


def test_what_was_given_to_somebody_as_they_went_is_the_deputys(made, clerk, deputy):
    away(clerk, deputy)
    assert (sweep(), sweep()) == (1, 0)
    assert whose(made) == (deputy, clerk)
    assert events("lent") == 1


def test_what_the_deputy_must_not_check_is_the_units(made, clerk, deputy, leader):
    FollowUp.objects.filter(pk=made.pk).update(handled_by=deputy)
    away(clerk, deputy)
    assert (sweep(), sweep()) == (1, 0)
    assert whose(made) == (None, clerk)
    assert (events("left"), events("lent")) == (1, 0)
    assert leader.notices.get().kind == "follow_up.stranded"


def test_what_was_lent_to_the_end_and_beyond_comes_back(made, clerk, deputy):
    FollowUp.objects.filter(pk=made.pk).update(owner=deputy, for_owner=clerk)
    assert (sweep(), sweep()) == (1, 0)
    assert whose(made) == (clerk, None)


def disabled(person):
    type(person).objects.filter(pk=person.pk).update(is_active=False)


def no_longer_posted(person):
    person.postings.update(valid_to=timezone.localdate())


def without_the_right(person):
    person.postings.update(role="finance")


@pytest.mark.parametrize("gone", [disabled, no_longer_posted, without_the_right])
def test_what_somebody_cannot_do_any_more_is_the_units_and_the_leader_is_told_once(made, clerk, leader, gone):
    make.follow_up(made.customer, clerk)
    gone(clerk)
    assert (sweep(), sweep()) == (2, 0)
    assert whose(made) == (None, None)
    assert events("left") == 2
    told = leader.notices.get()
    assert told.words == f"2 follow-ups of {clerk.name} have no owner now: they cannot do them any more."
    assert told.opens.endswith("?which=nobodys")


def test_the_leader_finds_what_nobody_has(made, clerk, hall):
    desk = make.sign_in("duty_manager", hall, language="en")
    disabled(clerk)
    sweep()
    page = desk.get(desk.person.notices.get().opens)
    assert f"/follow-ups/{made.pk}/" in page.content.decode()


@pytest.mark.parametrize("gone", [disabled, no_longer_posted, without_the_right])
def test_a_deputy_who_cannot_go_on_gives_it_to_the_unit_until_the_person_is_back(made, clerk, deputy, leader, gone):
    absence = Absence.enter(by=clerk, user=clerk, deputy=deputy, kind="leave", starts=at(hours=-1), ends=at(days=2))
    gone(deputy)
    assert (sweep(), sweep()) == (1, 0)
    assert whose(made) == (None, clerk)
    assert leader.notices.filter(kind="follow_up.stranded").count() == 1
    absence.end(by=clerk)
    assert whose(made) == (clerk, None)


def test_a_deputy_who_is_away_too_gives_it_to_the_unit(made, clerk, deputy, hall, leader):
    FollowUp.objects.filter(pk=made.pk).update(owner=deputy, for_owner=clerk)
    away(clerk, deputy)
    away(deputy, make.user("clerk", hall))
    assert (sweep(), sweep()) == (1, 0)
    assert whose(made) == (None, clerk)


def test_whoever_else_has_it_meanwhile_keeps_it(made, clerk, deputy, hall):
    third = make.user("clerk", hall)
    FollowUp.objects.filter(pk=made.pk).update(owner=third, for_owner=clerk)
    away(clerk, deputy)
    assert sweep() == 0
    assert whose(made) == (third, clerk)


@pytest.mark.parametrize("with_deputy", [True, False])
def test_a_person_who_left_does_not_get_back_what_was_lent(made, clerk, deputy, leader, with_deputy):
    """Nothing moves, so nobody is told of something without an owner."""
    owner = deputy if with_deputy else None
    FollowUp.objects.filter(pk=made.pk).update(owner=owner, for_owner=clerk)
    disabled(clerk)
    assert (sweep(), sweep()) == (1, 0)
    assert whose(made) == (owner, None)
    assert (events("stays"), events("left"), leader.notices.count()) == (1, 0, 0)
    with translation.override("en"):
        [step] = history.of(made, Shown(made.customer, leader))
    assert step.words == "Stays with whoever has it: the owner cannot do it any more"


def test_what_has_ended_stays_with_whoever_ended_it(made, clerk):
    FollowUp.objects.filter(pk=made.pk).update(state="cancelled", ended_at=at())
    disabled(clerk)
    assert sweep() == 0


def test_today_is_the_day_where_the_branch_is(made, clerk, hall):
    """Of two days that are today somewhere, the branch's counts."""
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        type(hall).objects.filter(pk=hall.branch_id).update(time_zone=zone)
        hall.branch.refresh_from_db()
        Posting.objects.filter(user=clerk).update(valid_from=hall.branch.today(), valid_to=None)
        assert sweep() == 0
        assert whose(made) == (clerk, None)


# New work.


def test_new_work_of_somebody_whose_deputy_is_gone_is_the_units(made, clerk, deputy):
    away(clerk, deputy)
    disabled(deputy)
    new = owe(made.customer, "visit", "上门", key="x", due_at=at(hours=1), by=clerk, owner=clerk)
    assert whose(new) == (None, clerk)
    with pytest.raises(Exception, match="is away"):
        refuse_absent(clerk)


# Deputies.


@pytest.mark.parametrize("gone", [disabled, no_longer_posted])
def test_the_leader_hears_once_that_a_deputy_cannot_stand_in(clerk, deputy, leader, gone, hall):
    absence = away(clerk, deputy)
    assert tell_of_unable(at()) == 0
    gone(deputy)
    assert [tell_of_unable(at()) for _ in range(2)] == [1, 1]
    told = leader.notices.get(kind="absence.deputy_unable")
    assert told.words == f"{deputy.name} can no longer stand in for {clerk.name}: choose another deputy."
    assert told.opens == f"/absences/{absence.pk}/deputy/"
    absence.hand_to(make.user("clerk", hall), by=leader)
    told.refresh_from_db()
    assert told.done_at
    assert tell_of_unable(at()) == 0


def test_many_absences_are_looked_at_with_as_many_queries_as_one(clerk, deputy, hall, django_assert_num_queries):
    away(clerk, deputy)
    with django_assert_num_queries(3):
        assert tell_of_unable(at()) == 0
    for _ in range(5):
        stands_in = make.user("clerk", hall)
        make.absence(stands_in, clerk, starts=at(days=-9), days=1)
        away(make.user("clerk", hall), stands_in)
    with django_assert_num_queries(3):
        assert tell_of_unable(at()) == 0


def test_an_absence_to_come_is_looked_at_too_and_one_that_is_over_is_not(clerk, deputy, leader):
    make.absence(clerk, deputy, starts=at(days=3))
    make.absence(clerk, deputy, starts=at(days=-30), days=2)
    make.absence(clerk, deputy, starts=at(days=30), withdrawn_at=at())
    disabled(deputy)
    assert tell_of_unable(at()) == 1


def test_a_beginning_does_not_put_aside_that_the_deputy_cannot(clerk, deputy, leader):
    absence = make.absence(clerk, deputy, starts=at(hours=-1))
    disabled(deputy)
    tell_of_unable(at())
    Absence.objects.get(pk=absence.pk).begin(at())
    assert leader.notices.get(kind="absence.deputy_unable").done_at is None


def test_where_nobody_leads_the_person_hears_it(clerk, deputy):
    away(clerk, deputy)
    disabled(deputy)
    tell_of_unable(at())
    assert clerk.notices.filter(kind="absence.deputy_unable").exists()


# Several at once.


@pytest.mark.django_db(transaction=True)
def test_back_at_the_moment_of_the_sweep_is_back(made, clerk, deputy):
    absence = away(clerk, deputy)
    same = Absence.objects.get(pk=absence.pk)
    race(absence, [lambda: stranded.put_right(clerk.pk, at()), lambda: same.end(by=clerk)])
    sweep()
    assert whose(made) == (clerk, None)


@pytest.mark.django_db(transaction=True)
def test_an_absence_that_begins_beside_the_sweep_has_all_of_it(made, clerk, deputy):
    def enter():
        Absence.enter(by=clerk, user=clerk, deputy=deputy, kind="leave", starts=at(hours=-1), ends=at(days=2))

    race(clerk, [enter, lambda: stranded.put_right(clerk.pk, at())])
    assert whose(made) == (deputy, clerk)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_move_it_once(made, clerk, leader):
    disabled(clerk)
    moved = together([lambda: stranded.put_right(clerk.pk, at())] * 3)
    assert sorted(moved) == [0, 0, 1]
    assert events("left") == leader.notices.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_given_to_somebody_as_they_go_is_found(hall, clerk, deputy):
    """Either the deputy has it at once, or after the sweep."""
    customer = make.customer(hall)

    def enter():
        Absence.enter(by=clerk, user=clerk, deputy=deputy, kind="leave", starts=at(hours=-1), ends=at(days=2))

    def give():
        return owe(customer, "visit", "上门", key="x", due_at=at(hours=1), by=clerk, owner=clerk)

    together([enter, give])
    sweep()
    assert whose(FollowUp.objects.get()) == (deputy, clerk)
