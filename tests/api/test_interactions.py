"""Contacts through the API: one by one, by the hundred, followed up."""

import pytest

from audit.models import Event
from customers.models import Interaction
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall")


@pytest.fixture
def clerk(hall):
    return make.Program(make.user("clerk", hall))


@pytest.fixture
def contact(hall):
    customer = make.customer(hall)
    items = [{"reason": make.reason(hall.branch).code, "line": make.line(customer).pk, "detail": "13812345678"}]
    return {"customer": customer.pk, "stage": "after_sale", "channel": "phone", "items": items * 3}


def test_three_wishes_are_one_contact_with_three_items(clerk, contact):
    made = clerk.post("interactions/", contact | {"note": "身份证 440202199001011234"})
    assert made.status_code == 201
    said = clerk.get(f"interactions/{made.json()['id']}/").json()
    assert said == made.json()
    assert len(said["items"]) == 3
    assert said["first_owner"]["id"] == clerk.user.pk
    assert "440202199001011234" not in str(said)
    assert Event.objects.filter(verb="interaction.recorded", actor=clerk.user).count() == 1


def test_what_is_to_be_followed_up_is_ticked_off_once(clerk, contact):
    later = {"next_step": "follow_up", "follow_up": "回电", "follow_up_on": "2099-01-01"}
    pk = clerk.post("interactions/", contact | later).json()["id"]
    waiting = clerk.get("interactions/", {"open_follow_up": "true"}).json()["results"]
    assert [one["id"] for one in waiting] == [pk]
    first, second = (clerk.post(f"interactions/{pk}/followed-up/").json()["followed_up_at"] for _ in range(2))
    assert first == second is not None
    assert clerk.get("interactions/", {"open_follow_up": "true"}).json()["results"] == []


def test_of_a_hundred_each_is_judged_for_itself(clerk, contact):
    foreign = make.customer()
    many = [contact, contact | {"customer": foreign.pk}, contact | {"items": []}, contact | {"stage": None}, contact]
    answer = clerk.post("interactions/bulk/", {"interactions": many})
    results = answer.json()["results"]
    assert (answer.status_code, [one["status"] for one in results]) == (200, [201, 422, 422, 422, 201])
    assert [one["interaction"]["customer"] for one in results if one["status"] == 201] == [contact["customer"]] * 2
    assert results[1]["problem"]["errors"][0]["pointer"] == "/customer"
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize("count", [0, 101])
def test_a_bulk_list_has_one_to_a_hundred_contacts(clerk, contact, count):
    assert clerk.post("interactions/bulk/", {"interactions": [contact] * count}).status_code == 422
    assert not Interaction.objects.exists()


def test_a_bulk_list_sent_twice_is_kept_once(clerk, contact):
    first, second = (clerk.post("interactions/bulk/", {"interactions": [contact] * 2}, key="a") for _ in range(2))
    assert first.json() == second.json()
    assert Interaction.objects.count() == 2


def test_the_list_shows_the_newest_first_and_masks_as_the_timeline_does(clerk, hall, contact):
    for _ in range(3):
        clerk.post("interactions/", contact)
    guide = make.Program(make.user("guide", hall))
    said = guide.get("interactions/", {"limit": "2", "customer": str(contact["customer"])}).json()
    ids = [one["id"] for one in said["results"]]
    assert (ids == sorted(ids, reverse=True), len(ids), bool(said["next"])) == (True, 2, True)
    assert said["results"][0]["items"][0]["detail"] == "138****5678"
    assert guide.post("interactions/", contact).status_code == 201


def test_the_number_of_queries_does_not_grow_with_the_list(clerk, contact, django_assert_max_num_queries):
    clerk.post("interactions/bulk/", {"interactions": [contact] * 30})
    with django_assert_max_num_queries(9):
        assert len(clerk.get("interactions/").json()["results"]) == 25


def test_the_refusal_of_another_customers_line_does_not_say_its_number(hall, contact):
    """A guide sees numbers masked; what is refused must not spell them out."""
    guide = make.Program(make.user("guide", hall))
    line = make.line(make.customer(hall, name="李四"), number="13987654321")
    contact["items"] = [contact["items"][0] | {"line": line.pk}]
    refused = guide.post("interactions/", contact)
    assert refused.status_code == 422
    assert "4321" not in refused.content.decode()
    bulk = guide.post("interactions/bulk/", {"interactions": [contact]})
    assert "4321" not in bulk.content.decode()
