from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from staff.models import Placement, Unit
from tests import make

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(Unit, "today", lambda self: TODAY)


def refused(work, code):
    with pytest.raises(ValidationError) as refusal:
        work()
    assert code in {error.code for error in refusal.value.error_list}


def structure(unit, day):
    return Unit.objects.structure(unit.home, day)


def test_a_unit_is_opened_where_it_stands():
    branch, by = make.branch(), make.user()
    hall = Unit.open(kind="hall", parent=branch, code="h1", name="中心营业厅", by=by)
    assert hall.path == f"{branch.pk}/{hall.pk}/"
    assert (hall.branch, hall.valid_from) == (branch, TODAY)
    assert structure(hall, TODAY).ancestors(hall.pk) == [branch.pk]
    assert structure(hall, TODAY - timedelta(1)).ancestors(hall.pk) == []
    event = Event.objects.get(verb="unit.opened")
    assert (event.actor, event.subject_id, event.branch_id) == (by, hall.pk, branch.pk)


def test_a_code_is_used_once_in_a_branch_and_again_in_another():
    one, other, by = make.branch(), make.branch(), make.user()
    Unit.open(kind="hall", parent=one, code="h1", name="一", by=by)
    Unit.open(kind="hall", parent=other, code="h1", name="二", by=by)
    with pytest.raises(ValidationError):
        Unit.open(kind="hall", parent=one, code="h1", name="三", by=by)


def test_reports_use_the_structure_of_their_date():
    branch, by = make.branch(), make.user()
    old, new = make.unit(parent=branch), make.unit(parent=branch)
    hall = make.unit("hall", parent=old)
    desk = make.unit("desk", parent=hall)
    hall.move_under(new, on=date(2026, 7, 1), by=by)
    before, after = structure(hall, date(2026, 6, 30)), structure(hall, date(2026, 7, 1))
    assert before.ancestors(desk.pk) == [hall.pk, old.pk, branch.pk]
    assert after.ancestors(desk.pk) == [hall.pk, new.pk, branch.pk]
    assert before.descendants(old.pk) == {hall.pk, desk.pk} == after.descendants(new.pk)
    assert after.descendants(old.pk) == set()
    then = Unit.objects.as_of(date(2026, 6, 30)).get(pk=hall.pk)
    assert then.parent_then == old.pk
    assert Event.objects.get(verb="unit.moved").data == {"parent": new.pk, "on": "2026-07-01"}


def test_a_move_takes_everything_below_along_and_nothing_else():
    branch, by = make.branch(), make.user()
    old, new = make.unit(parent=branch), make.unit(parent=branch)
    hall, bystander = make.unit("hall", parent=old), make.unit("hall", parent=old)
    desk = make.unit("desk", parent=hall)
    hall.move_under(new, by=by)
    paths = dict(Unit.objects.values_list("pk", "path"))
    assert paths[hall.pk] == f"{branch.pk}/{new.pk}/{hall.pk}/"
    assert paths[desk.pk] == f"{branch.pk}/{new.pk}/{hall.pk}/{desk.pk}/"
    assert paths[bystander.pk] == bystander.path
    assert Unit.objects.get(pk=hall.pk).parent == new


def test_ids_that_begin_alike_are_not_below_each_other():
    """ "1/2/" is no prefix of "1/21/": the slash at the end keeps them apart."""
    branch = make.branch()
    hall = make.unit("hall", parent=branch, id=7_000)
    longer = make.unit("hall", parent=branch, id=70_001)
    hall.move_under(make.unit(parent=branch), by=make.user())
    assert Unit.objects.get(pk=longer.pk).path == f"{branch.pk}/{longer.pk}/"


def test_a_second_move_on_the_same_day_replaces_the_first():
    branch, by = make.branch(), make.user()
    one, two = make.unit(parent=branch), make.unit(parent=branch)
    hall = make.unit("hall", parent=branch)
    hall.move_under(one, by=by)
    hall.move_under(two, by=by)
    assert list(hall.placements.order_by("valid_from").values_list("parent", "valid_to")) == [
        (branch.pk, TODAY),
        (two.pk, None),
    ]


def test_moves_that_make_no_sense_are_refused():
    branch, by = make.branch(), make.user()
    department, elsewhere = make.unit(parent=branch), make.unit(parent=make.branch())
    hall = make.unit("hall", parent=department)
    refused(lambda: hall.move_under(elsewhere, by=by), "branch")
    refused(lambda: hall.move_under(branch, on=TODAY + timedelta(1), by=by), "future")
    refused(lambda: hall.move_under(make.unit("hall", parent=branch), by=by), "kind")
    refused(lambda: hall.move_under(None, by=by), "top")
    refused(lambda: branch.move_under(department, by=by), "top")
    refused(lambda: Unit.open(kind="hall", parent=None, code="x", name="x", by=by), "top")
    refused(lambda: Unit.open(kind="branch", parent=branch, code="x", name="x", by=by), "top")
    closed = make.unit(parent=branch)
    closed.close(on=date(2026, 3, 1), by=by)
    refused(lambda: hall.move_under(closed, by=by), "parent_missing")
    refused(lambda: closed.move_under(branch, by=by), "closed")
    hall.move_under(branch, on=date(2026, 5, 1), by=by)
    refused(lambda: hall.move_under(department, on=date(2026, 4, 1), by=by), "moved_since")
    assert not Event.objects.filter(verb="unit.moved", subject_id=elsewhere.pk).exists()


def test_a_unit_never_stands_under_itself():
    branch, by = make.branch(), make.user()
    department = make.unit(parent=branch)
    upper = make.unit("community", parent=department)
    lower = make.unit("community", parent=upper)
    refused(lambda: upper.move_under(upper, by=by), "cycle")
    refused(lambda: upper.move_under(lower, by=by), "cycle")


def test_a_backdated_move_makes_no_cycle_in_the_past_either():
    branch, by = make.branch(), make.user()
    department = make.unit(parent=branch)
    a = make.unit("community", parent=department)
    b = make.unit("community", parent=a)
    b.move_under(department, on=date(2026, 6, 1), by=by)
    refused(lambda: a.move_under(b, on=date(2026, 5, 1), by=by), "cycle")
    a.move_under(b, on=date(2026, 6, 1), by=by)
    assert structure(a, date(2026, 6, 1)).ancestors(a.pk) == [b.pk, department.pk, branch.pk]


@pytest.mark.practice("C05")
def test_communities_have_two_levels_at_most():
    branch, by = make.branch(), make.user()
    department = make.unit(parent=branch)
    town = Unit.open(kind="community", parent=department, code="t", name="镇", by=by)
    village = Unit.open(kind="community", parent=town, code="v", name="村", by=by)
    refused(lambda: Unit.open(kind="community", parent=village, code="w", name="组", by=by), "third_level")
    other = Unit.open(kind="community", parent=department, code="u", name="镇二", by=by)
    refused(lambda: town.move_under(other, by=by), "third_level")
    village.move_under(other, by=by)


@pytest.mark.practice("C10")
def test_a_community_belongs_to_exactly_one_department_on_every_day():
    branch, by = make.branch(), make.user()
    north, south = make.unit(parent=branch), make.unit(parent=branch)
    town = Unit.open(kind="community", parent=north, code="t", name="镇", on=date(2026, 3, 1), by=by)
    village = Unit.open(kind="community", parent=town, code="v", name="村", on=date(2026, 3, 1), by=by)
    refused(lambda: Unit.open(kind="community", parent=branch, code="u", name="社区", by=by), "kind")
    refused(lambda: town.move_under(branch, by=by), "kind")
    town.move_under(south, on=date(2026, 7, 1), by=by)
    village.move_under(north, on=date(2026, 9, 1), by=by)
    moves = [date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 1), TODAY]
    assert [departments_over(town, day) for day in moves] == [[north], [north], [south], [south], [south]]
    assert [departments_over(village, day) for day in moves] == [[north], [north], [south], [north], [north]]
    refused(lambda: south.close(by=by), "children")


def departments_over(community, day):
    return list(Unit.objects.filter(kind="department", pk__in=structure(community, day).ancestors(community.pk)))


def test_a_unit_closes_when_nobody_and_nothing_is_there():
    branch, by = make.branch(), make.user()
    department = make.unit(parent=branch)
    hall = make.unit("hall", parent=department)
    posting = make.post(make.user(at=hall), "clerk", hall)
    refused(lambda: department.close(by=by), "children")
    refused(lambda: hall.close(by=by), "postings")
    posting.valid_to = TODAY
    posting.save()
    refused(lambda: hall.close(on=TODAY - timedelta(1), by=by), "postings")
    refused(lambda: hall.close(on=make.LONG_AGO, by=by), "days")
    refused(lambda: hall.close(on=TODAY + timedelta(1), by=by), "future")
    hall.close(by=by)
    refused(lambda: department.close(on=TODAY - timedelta(1), by=by), "children")
    department.close(by=by)
    refused(lambda: department.close(by=by), "closed")
    assert set(structure(branch, TODAY).parents) == {branch.pk}
    assert hall.pk in structure(branch, TODAY - timedelta(1)).parents
    assert list(Unit.objects.open_now().filter(branch=branch)) == []


def test_the_structure_is_one_query_however_many_units(django_assert_num_queries):
    branch = make.branch()
    for _ in range(3):
        make.unit("hall", parent=make.unit(parent=branch))
    with django_assert_num_queries(1):
        assert len(structure(branch, TODAY).descendants(branch.pk)) == 6


def test_a_refused_change_leaves_nothing_behind():
    branch, by = make.branch(), make.user()
    hall = make.unit("hall", parent=branch)
    before = list(Placement.objects.values_list())
    refused(lambda: hall.move_under(hall, by=by), "cycle")
    assert list(Placement.objects.values_list()) == before
    assert not Event.objects.exists()
