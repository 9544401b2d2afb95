"""Changes of the organisation at the same moment."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from staff.models import Posting, Unit, User
from tests import make
from tests.race import race, together

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(unit):
    return Unit.objects.get(pk=unit.pk)


def refusals(results):
    return [error.code for result in results if isinstance(result, ValidationError) for error in result.error_list]


def test_two_moves_that_together_make_a_cycle_are_one_move():
    branch, by = make.branch(), make.user()
    a, b = (make.unit("community", make.unit(parent=branch)) for _ in range(2))
    results = race(branch, [lambda: fresh(a).move_under(fresh(b), by=by), lambda: fresh(b).move_under(fresh(a), by=by)])
    assert refusals(results) == ["cycle"]
    assert Event.objects.filter(verb="unit.moved").count() == 1
    paths = {unit.path for unit in Unit.objects.filter(pk__in=[a.pk, b.pk])}
    assert max(len(path) for path in paths) < 60


def test_two_moves_of_one_unit_leave_one_place_and_true_paths():
    branch, by = make.branch(), make.user()
    north, south = make.unit(parent=branch), make.unit(parent=branch)
    hall = make.unit("hall", parent=branch)
    desk = make.unit("desk", parent=hall)
    race(branch, [partial(fresh(hall).move_under, place, by=by) for place in (north, south)])
    stands = fresh(hall)
    assert stands.placements.filter(valid_to=None).get().parent == stands.parent
    assert stands.path == f"{stands.parent.path}{hall.pk}/"
    assert fresh(desk).path == f"{stands.path}{desk.pk}/"


def test_a_move_and_an_opening_below_do_not_pass_each_other():
    branch, by = make.branch(), make.user()
    north, south = make.unit(parent=branch), make.unit(parent=branch)
    hall = make.unit("hall", parent=north)
    stale = fresh(hall)
    results = race(
        branch,
        [
            lambda: fresh(hall).move_under(fresh(south), by=by),
            lambda: Unit.open(kind="desk", parent=stale, code="d", name="台", by=by),
        ],
    )
    assert refusals(results) == []
    desk = Unit.objects.get(code="d")
    assert desk.path == f"{branch.pk}/{south.pk}/{hall.pk}/{desk.pk}/"


def test_a_unit_does_not_close_under_a_posting_that_is_just_made():
    branch, by = make.branch(), make.user()
    hall = make.unit("hall", parent=branch)
    person = make.user(at=hall)
    results = race(
        hall,
        [lambda: fresh(hall).close(by=by), lambda: User.objects.get(pk=person.pk).post("clerk", fresh(hall), by=by)],
    )
    assert len([result for result in results if isinstance(result, ValidationError)]) == 1
    assert (fresh(hall).valid_to is None) == Posting.objects.filter(unit=hall).exists()


def test_a_unit_does_not_close_over_one_that_is_just_opened_below():
    branch, by = make.branch(), make.user()
    hall = make.unit("hall", parent=branch)
    results = race(
        branch,
        [
            lambda: fresh(hall).close(by=by),
            lambda: Unit.open(kind="desk", parent=hall, code="d", name="台", by=by),
        ],
    )
    assert len([result for result in results if isinstance(result, ValidationError)]) == 1
    assert (fresh(hall).valid_to is None) == Unit.objects.filter(code="d").exists()


def test_one_code_is_given_once():
    branch, by = make.branch(), make.user()
    results = race(branch, lambda: Unit.open(kind="hall", parent=branch, code="h", name="厅", by=by), runners=3)
    assert sum(isinstance(result, Unit) for result in results) == 1
    assert Unit.objects.filter(code="h").count() == 1


def test_a_person_is_disabled_once_by_many():
    person, by = make.user(), make.user()
    race(person, lambda: User.objects.get(pk=person.pk).disable(by=by))
    assert Event.objects.filter(verb="person.disabled").count() == 1
    assert User.objects.get(pk=person.pk).session_round == 2


def test_a_posting_ends_once():
    posting = make.post(make.user(), "clerk", make.branch())
    by = make.user()
    results = race(posting, lambda: Posting.objects.get(pk=posting.pk).end(by=by), runners=3)
    assert refusals(results) == ["ended", "ended"]
    assert Event.objects.filter(verb="person.posting_ended").count() == 1


def test_two_people_are_not_hired_under_one_name():
    branch, by = make.branch(), make.user()

    def hire():
        password = "correct horse battery"
        return User.hire(branch=branch, username="zhang.wei", name="张伟", password=password, by=by)

    results = together(hire, runners=3)
    assert sum(isinstance(result, User) for result in results) == 1
    assert User.objects.filter(username="zhang.wei").count() == 1
    assert Event.objects.filter(verb="person.hired").count() == 1
