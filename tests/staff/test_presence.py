"""Who has a page open, and who types there: known for less than a minute, to those alone who may see the page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError

from staff import presence
from staff.rights import Role
from tests import complaining, make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def emptied():
    """Nobody is anywhere: what tests before this one left is gone."""
    for key in presence.link().scan_iter("here:*"):
        presence.link().delete(key)
    yield
    presence._pause.until = 0.0


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def complaint(hall):
    return complaining.complaint(make.customer(hall))


def person(hall, name, role=Role.DUTY_MANAGER):
    client = make.sign_in(role, hall, language="en")
    type(client.person).objects.filter(pk=client.person.pk).update(name=name)
    return client


def here(client, one, **told):
    answer = client.post(f"/complaints/{one.pk}/here/", told)
    assert answer.status_code == 200
    return answer.content.decode().strip()


def test_two_who_have_a_complaint_open_hear_of_each_other_and_who_writes(hall, complaint):
    li, wang = person(hall, "Li"), person(hall, "Wang")
    assert here(li, complaint) == ""
    assert "Li has it open" in here(wang, complaint, typing="yes")
    assert "Wang is writing" in here(li, complaint)
    desk = li.get("/complaints/").content.decode()
    assert "Wang is writing" in desk
    assert "Li has it open" not in desk
    here(wang, complaint, left="yes")
    assert here(li, complaint) == ""


def test_it_is_forgotten_soon(hall, complaint, monkeypatch):
    li, wang = person(hall, "Li"), person(hall, "Wang")
    here(wang, complaint, typing="yes")
    assert 0 < presence.link().ttl(presence._key(presence.place(complaint))) <= presence.LASTS
    now = presence.time.time()
    monkeypatch.setattr(presence.time, "time", lambda: now + presence.TYPING + 1)
    assert "Wang has it open" in here(li, complaint)
    monkeypatch.setattr(presence.time, "time", lambda: now + presence.LASTS + 1)
    assert here(li, complaint) == ""


def test_who_may_not_see_the_complaint_neither_hears_nor_is_heard(hall, complaint):
    li, stranger = person(hall, "Li"), person(make.unit("hall", parent=hall.branch), "Strange")
    here(li, complaint)
    assert stranger.post(f"/complaints/{complaint.pk}/here/").status_code == 404
    assert here(li, complaint) == ""
    abroad = person(make.unit("hall", parent=make.branch()), "Abroad", Role.BRANCH_HEAD)
    assert abroad.post(f"/complaints/{complaint.pk}/here/").status_code == 404


def test_a_customers_page_says_it_too(hall, complaint):
    li, wang = person(hall, "Li", Role.CLERK), person(hall, "Wang", Role.CLERK)
    address = f"/customers/{complaint.customer_id}/here/"
    li.post(address)
    assert "Li has it open" in wang.post(address).content.decode()
    for page in (f"/customers/{complaint.customer_id}/", f"/complaints/{complaint.pk}/"):
        assert "data-presence" in person(hall, "Head").get(page).content.decode()


def test_the_queue_asks_once_and_the_database_never(hall, complaint):
    reader = make.user(Role.DUTY_MANAGER, hall)
    places = [f"complaints.complaint:{n}" for n in range(50)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        presence.arrive(places[0], reader)
        found = presence.at(places, make.User(pk=0))
    assert len(asked) == 0
    assert [one.name for one in found[places[0]]] == [str(reader)]
    assert presence.at([], reader) == {}


def test_where_nobody_keeps_it_the_pages_work_without(hall, complaint, monkeypatch):
    li = person(hall, "Li")
    tried = []

    class Gone:
        def pipeline(self, **options):
            tried.append(1)
            raise ConnectionError

    monkeypatch.setattr(presence, "link", Gone)
    for _ in range(3):
        assert here(li, complaint) == ""
        assert complaint.number in li.get("/complaints/").content.decode()
        assert li.get(f"/complaints/{complaint.pk}/").status_code == 200
    assert len(tried) == 1  # and is not asked again at once
