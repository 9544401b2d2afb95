"""Saved views: a list under a name, for oneself or for a unit; each reader sees their own rows in it."""

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from redis.exceptions import ConnectionError

from audit.models import Event
from door.lists import LISTS
from staff.models import FirstView, SavedView
from staff.rights import RIGHTS, Role
from staff.saved_views import counting, keeping
from staff.saved_views.lists import canonical
from tests import complaining, make
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_numbers(monkeypatch):
    """A number is kept for some seconds; here it is counted each time, but where a test says otherwise."""
    monkeypatch.setattr(counting, "KEPT", 0)


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def leader(hall):
    return make.sign_in(Role.DUTY_MANAGER, hall, language="en")


def clerk_at(unit):
    return make.sign_in(Role.CLERK, unit, language="en")


def complaints_of(unit, n, **fields):
    return [complaining.complaint(make.customer(unit), **fields) for _ in range(n)]


def save(browser, **told):
    told = {"name": "Accepted", "query": "state=accepted", "pinned": "on"} | told
    return browser.post("/views/complaints/save/", told)


def tabs(browser, asked=""):
    """{name: number} of the pinned views above the desk's queue."""
    answer = browser.get(f"/views/complaints/tabs/?{asked}")
    assert answer.status_code == 200
    return {tab.view.name: tab.said for tab in answer.context["pinned"]}


def names(browser):
    return {tab.view.name for tab, *_ in browser.get("/views/").context["lines"]}


def test_what_a_list_shows_is_kept_under_a_name_and_opens_again(hall, leader):
    complaints_of(hall, 2)
    complaints_of(hall, 1, state="in_progress")
    answer = save(leader, query="unit=&state=accepted&after=7")
    assert answer.url == "/complaints/?state=accepted"
    assert len(leader.get(answer.url).context["lines"]) == 2
    assert tabs(leader, "state=accepted&before=3") == {"Accepted": "2"}
    assert 'aria-current="page"' in leader.get("/views/complaints/tabs/?state=accepted").content.decode()
    assert "Accepted" in leader.get("/views/pinned/").content.decode()
    event = Event.objects.get(verb="view.saved")
    assert (event.actor, event.branch_id) == (leader.person, hall.branch_id)


def test_every_list_of_the_product_keeps_views_and_shows_where(hall):
    assert set(LISTS) == {
        "accounts", "complaints", "customers", "dunning", "follow-ups", "incidents", "messages", "payment-promises",
        "service-requests", "shifts", "suggestions",
    }  # fmt: skip
    for name, listed in LISTS.items():
        role = next(role for role in (Role.DUTY_MANAGER, Role.BRANCH_HEAD) if role in RIGHTS[listed.right])
        reader = make.sign_in(role, hall if role == Role.DUTY_MANAGER else hall.branch, language="en")
        assert reverse("view-tabs", args=[name]) in reader.get(reverse(name)).content.decode()
        filtering = listed.asked(reader.person, "")
        chosen = next(one for one in filtering.filters if one in ("which", "state", "status", "overdue"))
        field = filtering.filters[chosen].field
        value = [key for key, _words in field.choices if key][-1]
        assert reader.post(reverse("view-save", args=[name]), {"name": "V", "query": f"{chosen}={value}"}).url
        assert reader.get(f"{reverse(name)}?{chosen}={value}").status_code == 200
        assert reader.get(reverse("view-tabs", args=[name])).context["others"][0].view.query == f"{chosen}={value}"


def test_a_view_of_a_unit_shows_each_reader_their_own_rows(hall, leader):
    other = make.unit("hall", parent=hall.branch)
    complaints_of(hall, 3)
    complaints_of(other, 5)
    head = make.sign_in(Role.BRANCH_HEAD, hall.branch, language="en")
    assert save(head, name="Whole branch", unit=hall.branch_id).status_code == 302
    seen = {"leader": leader, "next door": clerk_at(other), "head": head}
    assert {who: tabs(browser) for who, browser in seen.items()} == {
        "leader": {"Whole branch": "3"}, "next door": {"Whole branch": "5"}, "head": {"Whole branch": "8"},
    }  # fmt: skip
    canary = complaining.complaint(make.customer(other, name="Zebrafink"), words="Zebrafink")
    for browser in (leader, clerk_at(hall)):
        page = browser.get("/complaints/?state=accepted").content.decode()
        assert "Zebrafink" not in page
        assert canary.number not in page
    abroad = make.sign_in(Role.BRANCH_HEAD, make.branch(), language="en")
    assert (tabs(abroad), names(abroad)) == ({}, set())


def test_a_view_of_a_unit_is_read_by_its_people_and_changed_by_who_leads_it(hall, leader):
    below = make.unit("desk", parent=hall)
    save(leader, unit=hall.pk)
    view = SavedView.objects.get()
    reader, stranger = clerk_at(below), clerk_at(make.unit("hall", parent=hall.branch))
    assert (names(reader), names(stranger)) == ({"Accepted"}, set())
    for browser in (reader, stranger):
        for action in ("edit", "delete"):
            assert browser.post(f"/views/{view.pk}/{action}/", {"name": "Mine"}).status_code == 404
    assert stranger.post(f"/views/{view.pk}/first/").status_code == 404
    another = make.sign_in(Role.DEPARTMENT_HEAD, hall, language="en")
    assert another.post(f"/views/{view.pk}/edit/", {"name": "Ours", "unit": hall.pk}).status_code == 302
    assert names(reader) == {"Ours"}
    assert leader.post(f"/views/{view.pk}/delete/").status_code == 302
    assert names(reader) == set()


def test_only_who_leads_a_unit_shares_a_view_with_it(hall, leader):
    other, clerk = make.unit("hall", parent=hall.branch), clerk_at(hall)
    assert save(leader, unit=other.pk).status_code == 422
    assert save(clerk, unit=hall.pk).status_code == 302  # the form has no such field: it is the clerk's own
    assert SavedView.objects.get().unit is None
    with pytest.raises(ValidationError) as refused:
        keeping.save(by=clerk.person, listed=LISTS["complaints"], name="X", query="state=accepted", unit=hall)
    assert "unit" in refused.value.error_dict


def test_a_private_view_is_nobody_elses(hall, leader):
    save(leader)
    view = SavedView.objects.get()
    head = make.sign_in(Role.BRANCH_HEAD, hall.branch, language="en")
    assert (names(head), tabs(head)) == (set(), {})
    for action in ("edit", "delete", "first"):
        assert head.post(f"/views/{view.pk}/{action}/", {"name": "X"}).status_code == 404


def test_a_view_that_asks_for_a_filter_the_reader_lacks_is_not_offered(hall, leader):
    """Otherwise it would show more than its name says."""
    save(leader, query=f"owner={leader.person.pk}", unit=hall.pk)
    assert tabs(leader) == {"Accepted": "0"}
    assert tabs(clerk_at(hall)) == {}


@pytest.mark.parametrize("query", ["", "after=7", "colour=red", "state=nonsense", "unit=999999999"])
def test_nonsense_is_not_kept(leader, query):
    answer = save(leader, query=query)
    assert answer.status_code == 422
    assert 'value="Accepted"' in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once_and_the_same_said_twice_is_one_view(hall, leader):
    for _ in range(2):
        assert save(leader).status_code == 302
    assert save(leader, query="state=assigned").status_code == 422
    assert save(clerk_at(hall), query="state=assigned").status_code == 302
    assert save(leader, query="state=assigned", name="Second").status_code == 302
    second = SavedView.objects.get(name="Second")
    assert leader.post(f"/views/{second.pk}/edit/", {"name": "Accepted"}).status_code == 422
    assert SavedView.objects.count() == 3


def test_a_list_begins_with_the_chosen_view_until_the_person_asks_for_something_else(hall, leader):
    complaints_of(hall, 1)
    complaints_of(hall, 2, state="assigned")
    save(leader, first="on")
    assert leader.get("/complaints/").url == "/complaints/?state=accepted"
    assert len(leader.get("/complaints/?view=all").context["lines"]) == 3
    assert clerk_at(hall).get("/complaints/").status_code == 200
    view = SavedView.objects.get()
    leader.post(f"/views/{view.pk}/first/", {"on": "no"})
    assert leader.get("/complaints/").status_code == 200
    leader.post(f"/views/{view.pk}/first/")
    leader.post(f"/views/{view.pk}/delete/")
    assert leader.get("/complaints/").status_code == 200
    assert not FirstView.objects.exists()


def test_who_moves_away_loses_the_views_of_the_unit_and_what_began_with_them(hall, leader):
    save(leader, unit=hall.pk)
    clerk = clerk_at(hall)
    clerk.post(f"/views/{SavedView.objects.get().pk}/first/")
    assert clerk.get("/complaints/").status_code == 302
    clerk.person.postings.update(unit=make.unit("hall", parent=hall.branch))
    assert clerk.get("/complaints/").status_code == 200


def test_numbers_stop_at_99_and_take_one_query_each(hall, leader, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 2)
    save(leader)
    complaints_of(hall, 4)
    assert tabs(leader) == {"Accepted": "2+"}
    view, listed = SavedView.objects.get(), LISTS["complaints"]
    filtering = listed.asked(leader.person, view.query)
    monkeypatch.setattr(type(listed), "asked", lambda *_: filtering)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        counting.counted(leader.person, view, listed)
    counts = [one["sql"] for one in asked if "COUNT" in one["sql"]]
    assert len(counts) == 1
    assert "LIMIT 3" in counts[0]


def test_numbers_are_kept_for_some_seconds_and_counted_anew_where_the_cache_is_gone(hall, leader, monkeypatch):
    monkeypatch.setattr(counting, "KEPT", 60)
    save(leader)
    assert tabs(leader) == {"Accepted": "0"}
    complaints_of(hall, 1)
    assert tabs(leader) == {"Accepted": "0"}

    def gone(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "get", gone)
    monkeypatch.setattr(cache, "set", gone)
    assert tabs(leader) == {"Accepted": "1"}


def test_a_list_that_is_not_the_persons_keeps_no_view_of_theirs(hall):
    guide = make.sign_in(Role.GUIDE, hall, language="en")
    assert save(guide).status_code == 403
    assert guide.get("/views/complaints/tabs/").status_code == 403
    assert guide.get("/views/nowhere/tabs/").status_code == 404
    with pytest.raises(ValidationError):
        keeping.save(by=guide.person, listed=LISTS["complaints"], name="X", query="state=accepted")


def test_addresses_have_one_spelling():
    assert canonical("b=2&a=1&c=&after=9&view=all") == canonical("a=1&b=2") == "a=1&b=2"


@pytest.mark.django_db(transaction=True)
def test_two_who_save_one_name_at_once_have_one_view():
    hall = make.unit("hall", parent=make.branch())
    people = [make.user(Role.DUTY_MANAGER, hall) for _ in range(2)]

    def one(person, state):
        told = {"name": "Late", "query": f"state={state}", "unit": hall}
        return lambda: keeping.save(by=person, listed=LISTS["complaints"], **told)

    found = race(hall, [one(people[0], "accepted"), one(people[1], "assigned")])
    assert sorted(type(each).__name__ for each in found) == ["SavedView", "ValidationError"]
    assert SavedView.objects.count() == 1
