"""A scenario is made, put in its place, and taken out of use; what is unsound then is refused (A25, 4.3)."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.models import Event
from billing.dunning import arranging, shipped
from billing.models import Scenario
from tests import make
from tests.race import race, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    made = make.branch()
    shipped.ship(made)
    return made


@pytest.fixture
def head(branch):
    return make.user("branch_head", branch)


def codes(branch):
    return list(Scenario.objects.filter(branch=branch).order_by("order", "pk").values_list("code", flat=True))


def create(branch, by, code="own", place=1):
    return arranging.create(branch, by=by, code=code, name="新方案", place=place)


def arrange(branch, by, code, place, active=True):
    one = Scenario.objects.get(branch=branch, code=code)
    return arranging.arrange(one, by=by, name=one.name, name_en=one.name_en, place=place, active=active)


def test_a_new_one_takes_its_place_and_the_others_move_down(branch, head):
    before = codes(branch)
    create(branch, head, place=2)
    assert codes(branch) == [before[0], "own", *before[1:]]
    assert sorted(Scenario.objects.filter(branch=branch).values_list("order", flat=True)) == [*range(1, 8)]
    assert Event.objects.get(verb="scenario.created").actor == head


def test_the_same_twice_is_one_and_a_code_of_another_is_refused(branch, head):
    assert create(branch, head) == create(branch, head)
    with pytest.raises(ValidationError, match="has this code"):
        create(branch, head, code="mobile")


def test_it_moves_and_rests_and_twice_changes_nothing_more(branch, head):
    for _ in range(2):
        arrange(branch, head, "group", 3, active=False)
    assert codes(branch)[2] == "group"
    assert not Scenario.objects.get(branch=branch, code="group").active
    assert Event.objects.filter(verb="scenario.arranged").count() == 1


@pytest.mark.parametrize(("code", "place", "active"), [("fixed", 5, False), ("mobile", 5, True)])
def test_fixed_lines_never_fall_to_a_ladder_that_stops_them_too_soon(branch, head, code, place, active):
    before = codes(branch)
    with pytest.raises(ValidationError, match="after 30 days"):
        arrange(branch, head, code, place, active)
    assert codes(branch) == before
    assert Scenario.objects.filter(branch=branch, active=False).count() == 0


@pytest.mark.django_db(transaction=True)
def test_racing_moves_leave_every_place_taken_once(branch, head):
    row = Scenario.objects.filter(branch=branch).order_by("pk").first()
    race(row, [lambda code=code: arrange(branch, head, code, 1) for code in ("group", "locked", "vip-mobile")])
    assert sorted(Scenario.objects.filter(branch=branch).values_list("order", flat=True)) == [*range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_racing_forms_make_one(branch, head):
    made = together(lambda: create(branch, head))
    assert len({one.pk for one in made}) == 1


def test_the_pages_make_one_and_keep_what_was_typed(client, branch, head):
    client.force_login(head)
    typed = {"code": "fixed", "name": "新", "name_en": "New", "place": "1"}
    refused = client.post(reverse("scenario-new"), typed)
    assert (refused.status_code, refused.context["form"]["name_en"].value()) == (422, "New")
    made = client.post(reverse("scenario-new"), typed | {"code": "new"})
    own = Scenario.objects.get(branch=branch, code="new")
    assert made.url == reverse("scenario-edit", args=[own.pk])
    settings = reverse("scenario-settings", args=[own.pk])
    client.post(settings, {"name": "改", "name_en": "", "place": "7"})
    own.refresh_from_db()
    assert (own.name, own.order, own.active) == ("改", 7, False)
