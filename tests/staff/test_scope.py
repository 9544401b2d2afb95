from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from customers.models import Customer
from staff.models import User
from staff.scope import Scope, holds, scope_of, within_reach
from tests import make

pytestmark = pytest.mark.django_db
VIEW = "customers.view"


def seen(user):
    return set(Customer.objects.visible_to(User.objects.get(pk=user.pk)))


@pytest.fixture
def world():
    """Two branches; in the first two departments, one with a hall and its community; a customer at each place."""

    class World:
        pass

    w = World()
    w.branch, w.other_branch = make.branch(), make.branch()
    w.north, w.south = make.unit(parent=w.branch), make.unit(parent=w.branch)
    w.hall = make.unit("hall", parent=w.north)
    w.at_branch, w.at_north, w.at_south, w.at_hall, w.abroad = (
        make.customer(unit) for unit in (w.branch, w.north, w.south, w.hall, w.other_branch)
    )
    return w


def test_branch_reach_is_the_whole_branch_from_wherever_in_it(world):
    clerk = make.user("clerk", world.hall)
    assert seen(clerk) == {world.at_branch, world.at_north, world.at_south, world.at_hall}


def test_branch_reach_of_somebody_posted_at_the_branch_itself(world):
    assert seen(make.user("branch_head", world.branch)) == {
        world.at_branch,
        world.at_north,
        world.at_south,
        world.at_hall,
    }


def test_unit_reach_is_the_unit_and_all_below_it(world):
    assert seen(make.user("department_head", world.north)) == {world.at_north, world.at_hall}
    assert seen(make.user("department_head", world.south)) == {world.at_south}


def test_own_reach_is_what_the_person_is_responsible_for(world):
    manager, colleague = make.user("vip_manager", world.north), make.user("vip_manager", world.north)
    mine = make.customer(world.south, manager=manager)
    make.customer(world.north, manager=colleague)
    assert seen(manager) == {mine}


def test_own_reach_without_an_owner_to_look_at_is_nothing(world):
    manager = make.user("vip_manager", world.north)
    assert not Customer.objects.filter(within_reach(manager, VIEW, unit="unit")).exists()


def test_two_postings_have_both_reaches(world):
    person = make.user("vip_manager", world.south)
    mine = make.customer(world.south, manager=person)
    make.post(person, "department_head", world.north)
    assert seen(person) == {mine, world.at_north, world.at_hall}


def test_postings_in_two_branches_have_both(world):
    person = make.user("clerk", world.hall)
    make.post(person, "clerk", world.other_branch)
    assert seen(person) == {world.at_branch, world.at_north, world.at_south, world.at_hall, world.abroad}


def test_a_role_without_the_right_adds_nothing_to_another_that_has_it(world):
    person = make.user("department_head", world.south)
    make.post(person, "admin", world.branch)
    assert seen(person) == {world.at_south}


@pytest.mark.parametrize(
    ("starts", "ends", "reaches"),
    [(0, None, True), (-9, 1, True), (-9, 0, False), (-9, -1, False), (1, None, False), (0, 1, True)],
)
def test_only_postings_of_today_count(world, starts, ends, reaches):
    today = world.branch.today()
    person = make.user(at=world.branch)
    make.post(
        person,
        "clerk",
        world.hall,
        valid_from=today + timedelta(starts),
        valid_to=None if ends is None else today + timedelta(ends),
    )
    assert bool(seen(person)) is reaches
    assert User.objects.get(pk=person.pk).has_perm(VIEW) is reaches


def test_today_is_the_day_where_the_person_works(world, monkeypatch):
    """At 23:00 in Shanghai it is already tomorrow in Auckland."""
    from datetime import UTC, date, datetime

    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 22, 15, 0, tzinfo=UTC))
    far = make.branch(time_zone="Pacific/Auckland")
    here, there = make.user(at=world.branch), make.user(at=far)
    for person in (here, there):
        make.post(person, "clerk", person.branch, valid_from=date(2026, 11, 23))
    assert (here.has_perm(VIEW), there.has_perm(VIEW)) == (False, True)


def test_the_disabled_the_unposted_and_the_unknown_reach_nothing(world):
    disabled = make.user("branch_head", world.branch, is_active=False)
    unposted = make.user(at=world.branch)
    for nobody in (disabled, unposted, AnonymousUser()):
        assert not holds(nobody, VIEW)
        assert scope_of(nobody, VIEW) == Scope()
        assert not Customer.objects.visible_to(nobody).exists()
        assert not nobody.has_perm(VIEW)


def test_a_scope_of_nothing_is_false():
    assert not Scope()
    assert Scope(own=True)
    assert Scope(units=frozenset({1}))
    assert Scope(branches=frozenset({1}))


def test_an_unknown_right_is_an_error_not_a_refusal(world):
    clerk = make.user("clerk", world.hall)
    for ask in (holds, scope_of):
        with pytest.raises(KeyError):
            ask(clerk, "customers.viw")
        with pytest.raises(KeyError):
            ask(AnonymousUser(), "customers.viw")
    assert not clerk.has_perm("customers.viw")  # Django's own asks for permissions of its own names


def test_reach_follows_the_unit_when_it_moves(world):
    head = make.user("department_head", world.south)
    world.hall.move_under(world.south, by=head)
    assert seen(head) == {world.at_south, world.at_hall}
    assert seen(make.user("department_head", world.north)) == {world.at_north}


def test_a_request_reads_postings_once_and_a_subtree_once(world, django_assert_num_queries):
    person = User.objects.select_related("branch").get(pk=make.user("department_head", world.north).pk)
    with django_assert_num_queries(1):
        assert person.has_perm(VIEW)
        assert not person.has_perm("customers.import")
        assert person.has_perm("customers.assign_manager")
    with django_assert_num_queries(1):
        for right in (VIEW, "customers.view_unmasked", "customers.assign_manager", VIEW):
            assert scope_of(person, right).units == {world.north.pk, world.hall.pk}
    clerk = User.objects.select_related("branch").get(pk=make.user("clerk", world.hall).pk)
    with django_assert_num_queries(1):
        assert scope_of(clerk, VIEW).branches == {world.branch.pk}


def test_what_was_found_is_forgotten_with_the_old_state(world):
    person = make.user("clerk", world.hall)
    assert person.has_perm(VIEW)
    person.postings.get().end(by=person)
    person.refresh_from_db()
    assert not person.has_perm(VIEW)
