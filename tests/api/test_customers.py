"""Customers, lines and numbers through the API: the pages' own operations, reach and masking."""

from datetime import date

import pytest

from audit.models import Event
from customers.models import Customer, Identifier
from tests import make
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    hall = make.unit("hall")
    make.tier(hall.branch)
    return hall


@pytest.fixture
def clerk(hall):
    return make.Program(make.user("clerk", hall))


def test_a_customer_is_read_as_on_the_page(clerk, hall):
    customer = make.customer(hall, name="张伟明", address="中山路 1 号", birthday=date(1980, 1, 2))
    said = clerk.get(f"customers/{customer.pk}/").json()
    assert (said["name"], said["address"], said["birthday"], said["masked"]) == (
        "张伟明",
        "中山路 1 号",
        "1980-01-02",
        False,
    )
    assert said["unit"]["id"] == hall.pk
    assert said["tier"]["code"] == customer.tier.code


def test_who_sees_names_masked_on_pages_sees_them_masked_here(hall):
    customer = make.customer(hall, name="张伟明", address="中山路 1 号", birthday=date(1980, 1, 2))
    line = make.line(customer, number="13812345678", ref="SECRET-REF")
    phone = make.identifier(customer, "13912345678")
    guide = make.Program(make.user("guide", hall))
    said = guide.get(f"customers/{customer.pk}/").json()
    assert (said["name"], said["birthday"], said["masked"]) == ("张**", None, True)
    assert "中山路" not in str(said)
    shown = guide.get(f"lines/{line.pk}/").json()
    assert (shown["number"], shown["ref"]) == ("138****5678", None)
    assert guide.get(f"identifiers/{phone.pk}/").json()["number"] == "139****5678"


def test_an_id_document_is_never_in_clear(clerk, hall):
    body = {"name": "王芳", "document": "440202199001011234"}
    made = clerk.post("customers/", body)
    assert made.status_code == 201
    listed = clerk.get("identifiers/", {"customer": made.json()["id"], "kind": "id_document"}).json()["results"]
    assert [one["number"] for one in listed] == ["4402**********1234"]
    assert "440202199001011234" not in made.content.decode()


def test_a_customer_is_opened_and_found_by_what_was_written(clerk, hall):
    made = clerk.post("customers/", {"name": "李小芳", "phone": "138 1234 5678", "birthday": "1990-05-06"})
    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/customers/{made.json()['id']}/"
    found = clerk.post("customers/search/", {"text": "13812345678"}).json()["results"]
    assert [(one["id"], one["exact"]) for one in found] == [(made.json()["id"], True)]
    assert Event.objects.filter(verb="customer.opened", actor=clerk.user).exists()


def test_a_likeness_is_named_before_a_second_customer_is_opened(clerk, hall):
    first = make.customer(hall)
    make.identifier(first, "13812345678")
    refused = clerk.post("customers/", {"name": "李小芳", "phone": "13812345678"})
    assert refused.status_code == 409
    assert [one["id"] for one in refused.json()["customers"]] == [first.pk]
    made = clerk.post("customers/", {"name": "李小芳", "phone": "13812345678", "anyway": True})
    assert made.status_code == 201


def test_a_change_needs_the_version_that_was_seen(clerk, hall):
    customer = make.customer(hall, name="张伟")
    path = f"customers/{customer.pk}/"
    etag = clerk.get(path)["ETag"]
    assert clerk.patch(path, {"name": "张伟明"}).status_code == 428
    assert clerk.patch(path, {"name": "张伟明"}, **{"If-Match": "*"}).status_code == 428
    changed = clerk.patch(path, {"name": "张伟明"}, **{"If-Match": etag})
    assert (changed.status_code, changed.json()["name"]) == (200, "张伟明")
    late = clerk.patch(path, {"name": "张三"}, **{"If-Match": etag})
    assert (late.status_code, late.json()["type"]) == (412, "urn:crm:problem:stale")
    assert clerk.patch(path, {"name": "张三"}, **{"If-Match": changed["ETag"]}).status_code == 200


def test_what_one_has_already_is_not_sent_again(clerk, hall):
    path = f"customers/{make.customer(hall).pk}/"
    etag = clerk.get(path)["ETag"]
    again = clerk.get(path, **{"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert clerk.get(path, **{"If-None-Match": f'"x", W/{etag}'}).status_code == 304
    assert clerk.get(path, **{"If-None-Match": '"other"'}).status_code == 200


def test_a_list_is_walked_to_its_end_without_a_row_twice(clerk, hall):
    made = {make.customer(hall).pk for _ in range(7)}
    make.customer()
    seen, path, query = [], "customers/", {"limit": "3"}
    while True:
        said = clerk.get(path, query).json()
        seen += [one["id"] for one in said["results"]]
        if not said["next"]:
            break
        query = dict(pair.split("=") for pair in said["next"].split("?")[1].split("&"))
    assert seen == sorted(made)


def test_filters_are_those_of_the_page(clerk, hall):
    left = make.customer(hall, status="left", left_on="2026-01-01")
    make.customer(hall)
    assert [one["id"] for one in clerk.get("customers/", {"status": "left"}).json()["results"]] == [left.pk]
    for query in ({"status": "x"}, {"unit": "999999"}, {"limit": "0"}, {"cursor": "?"}, {"stauts": "left"}):
        refused = clerk.get("customers/", query)
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["parameter"] == next(iter(query))


def test_a_line_changes_its_plan(clerk, hall):
    customer = make.customer(hall)
    plan, other = make.plan(customer.branch), make.plan(customer.branch, kind="tv")
    line = make.line(customer)
    body = {"plan": plan.code, "on": "2026-01-01"}
    changed = clerk.post(f"lines/{line.pk}/change-plan/", body)
    assert (changed.status_code, changed.json()["plan"]["code"]) == (200, plan.code)
    refused = clerk.post(f"lines/{line.pk}/change-plan/", body | {"plan": other.code})
    assert refused.json()["errors"] == [{"pointer": "/plan", "message": "This plan is not for this line."}]
    assert clerk.post(f"lines/{line.pk}/change-plan/", body | {"plan": "none"}).status_code == 422


def test_numbers_are_added_and_ended(clerk, hall):
    customer = make.customer(hall)
    added = clerk.post("identifiers/", {"customer": customer.pk, "kind": "contact", "written": "139 8765 4321"})
    assert (added.status_code, added.json()["number"]) == (201, "139 8765 4321")
    ended = clerk.post(f"identifiers/{added.json()['id']}/end/")
    assert (ended.status_code, bool(ended.json()["valid_to"])) == (200, True)
    assert Identifier.objects.get(pk=added.json()["id"]).valid_to is not None


def test_what_may_be_chosen_is_listed(clerk, hall):
    branch = hall.branch
    plan, reason, tier = make.plan(branch), make.reason(branch), make.tier(branch)
    make.plan(make.branch())
    assert [one["code"] for one in clerk.get("plans/").json()["results"]] == [plan.code]
    assert [one["code"] for one in clerk.get("reasons/").json()["results"]] == [reason.code]
    assert [one["code"] for one in clerk.get("tiers/").json()["results"]] == [tier.code]


def test_a_name_that_is_not_known_is_refused(clerk, hall):
    refused = clerk.post("customers/", {"naem": "李小芳"})
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert {"pointer": "/naem", "message": "There is no such field."} in refused.json()["errors"]
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_only_one_changes_it(clerk, hall):
    customer = make.customer(hall)
    path = f"customers/{customer.pk}/"
    etag = clerk.get(path)["ETag"]
    works = [lambda name=name: clerk.patch(path, {"name": name}, **{"If-Match": etag}) for name in ("王芳", "李娜")]
    assert sorted(answer.status_code for answer in race(customer, works)) == [200, 412]
    assert Event.objects.filter(verb="customer.changed").count() == 1


def test_the_number_of_queries_does_not_grow_with_the_list(clerk, hall, django_assert_max_num_queries):
    for _ in range(30):
        customer = make.customer(hall)
        make.line(customer)
        make.identifier(customer, "13812345678")
    for path in ("customers/", "lines/", "identifiers/", "units/"):
        with django_assert_max_num_queries(9):
            assert clerk.get(path).json()["results"]
