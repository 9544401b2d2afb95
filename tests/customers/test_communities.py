"""Where a community may stand, whichever of the two changes: its place or its profile."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import Community
from staff.models import Unit
from tests import make
from tests.race import race

pytestmark = pytest.mark.django_db
BASIS = {"place": "北江沿岸", "administration": "镇政府", "people": "村民", "traffic": "公交三路"}


@pytest.fixture
def department():
    return make.unit("department", make.branch())


@pytest.fixture
def town(department):
    return community("township", department)


@pytest.fixture
def village(town):
    return community("village", town)


def community(sort, parent, **fields):
    return Community.objects.create(unit=make.unit("community", parent), setting="rural", sort=sort, **fields).unit


def change(browser, unit, **fields):
    profile = unit.community_profile
    form = {"setting": profile.setting, "sort": profile.sort} | BASIS | fields
    return browser.post(f"/admin/customers/community/{profile.pk}/change/", form)


@pytest.mark.practice("C05")
def test_a_village_moves_from_township_to_township_only(department, town, village):
    by, other = make.user(), community("township", department)
    with pytest.raises(ValidationError, match="stands under a township"):
        village.move_under(department, by=by)
    assert Unit.objects.get(pk=village.pk).parent == town
    village.move_under(other, by=by)
    assert Unit.objects.get(pk=village.pk).parent == other


@pytest.mark.practice("C05")
def test_a_village_that_stands_alone_moves_below_the_department(department, town):
    large = community("village", town, stands_alone=True)
    large.move_under(department, by=make.user())
    assert Unit.objects.get(pk=large.pk).parent == department


@pytest.mark.practice("C05")
def test_a_township_with_villages_stays_one(town, village):
    office = make.sign_in("admin", town.branch, language="en")
    answer = change(office, town, setting="urban", sort="large_estate")
    assert "Villages stand under it" in answer.content.decode()
    assert change(office, village, stands_alone="on").status_code == 302
    assert change(office, town, setting="urban", sort="large_estate").status_code == 302


def test_a_profile_without_its_unit_is_asked_for_it(department):
    office = make.sign_in("admin", department.branch, language="en")
    for sort in ("village", "township"):
        form = {"setting": "rural", "sort": sort, "unit": make.unit("community").pk} | BASIS
        assert office.post("/admin/customers/community/add/", form).status_code == 200
    assert not Community.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.practice("C05")
def test_a_village_arriving_while_the_township_becomes_an_estate_finds_one_or_the_other(department, village):
    office, by = make.sign_in("admin", department.branch, language="en"), make.user()
    town = community("township", department)
    race(
        department.branch,
        [
            lambda: Unit.objects.get(pk=village.pk).move_under(Unit.objects.get(pk=town.pk), by=by),
            lambda: change(office, Unit.objects.get(pk=town.pk), setting="urban", sort="large_estate"),
        ],
    )
    arrived = Unit.objects.get(pk=village.pk).parent == town
    assert Community.objects.get(unit=town).sort == ("township" if arrived else "large_estate")
