"""Whatever goes wrong is application/problem+json, in the reader's language."""

import re

import pytest
from django.conf import settings
from django.test import Client

from customers.models import Customer
from door.problems import Problem
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make.Program(make.user("clerk", make.unit("hall"), language="zh-hans"))


def told(answer, status):
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    said = answer.json()
    assert said["status"] == status
    assert said["request_id"] == answer["X-Request-ID"]
    return said


def raw(program, body, kind="application/json", path="customers/", **headers):
    headers = {"Idempotency-Key": "k"} | headers
    return program.client.post(f"/api/v1/{path}", body, content_type=kind, headers=headers)


def test_every_kind_of_refusal(clerk):
    told(Client().get("/api/v1/customers/"), 401)
    told(clerk.get("imports/"), 403)
    told(clerk.get("customers/999/"), 404)
    told(clerk.get("nowhere/"), 404)
    told(Client().get("/api/v1/nowhere/"), 404)
    told(clerk.post("customers", {"name": "x"}), 404)  # without its slash
    assert "POST" in clerk.client.put("/api/v1/customers/")["Allow"]
    told(clerk.client.put("/api/v1/customers/"), 405)
    told(clerk.client.options("/api/v1/customers/"), 405)
    told(clerk.get("customers/", Accept="text/html"), 406)
    told(raw(clerk, "<x/>", "text/xml"), 415)
    told(raw(clerk, "x" * 3_000_000), 413)


@pytest.mark.parametrize(
    "body", ["{", "[" * 200_000, '"\\ud800"', '{"\\udfff": 1}', '{"a": NaN}', b"\xff\xfe", "[" + "9" * 5000 + "]"]
)
def test_what_is_no_json_is_said_so(clerk, body):
    told(raw(clerk, body), 400)


@pytest.mark.parametrize("body", ["[]", '"x"', "1e400", "null", "", '{"name": "\\u0000"}', '{"name": {"a": 1}}'])
def test_what_is_no_customer_is_said_so(clerk, body):
    said = told(raw(clerk, body), 422)
    assert all(one["message"] for one in said["errors"])


def test_faults_point_at_their_field(clerk):
    customer = make.customer(clerk.user.postings.get().unit)
    item = {"reason": "no", "line": -1}
    body = {"customer": customer.pk, "stage": "x", "channel": "hall", "items": [item]}
    said = told(clerk.post("interactions/", body), 422)
    assert {one["pointer"] for one in said["errors"]} == {"/stage", "/items/0/reason", "/items/0/line"}


def test_the_reader_chooses_the_language_and_the_person_where_none_is_asked_for(clerk):
    english, chinese = "There is nothing here", "这里什么也没有"
    assert clerk.get("customers/999/").json()["title"] == english
    answer = clerk.get("customers/999/", **{"Accept-Language": "zh-hans"})
    assert (answer.json()["title"], answer["Content-Language"]) == (chinese, "zh-hans")
    silent = Client(headers={"Authorization": f"Bearer {clerk.token}"})
    assert silent.get("/api/v1/customers/999/").json()["title"] == chinese


def test_what_nobody_foresaw_is_a_problem_without_a_word_of_what_it_was(clerk, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("13812345678")

    monkeypatch.setattr("customers.api.customers.find", broken)
    clerk.client.raise_request_exception = False
    said = told(clerk.post("customers/search/", {"text": "x"}), 500)
    assert "13812345678" not in str(said)


def test_nothing_is_open_to_other_sites(clerk):
    answer = clerk.get("customers/", Origin="https://elsewhere.example")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert answer["Cache-Control"] == "no-store"


def test_a_refused_body_leaves_nothing(clerk):
    before = Customer.objects.count()
    raw(clerk, '{"name": "x", "tier": 1}')
    assert Customer.objects.count() == before


def test_a_form_of_too_many_fields_is_said_to_be_unreadable():
    steward = make.Program(make.user("data_steward", make.branch()))
    form = {f"field{n}": "x" for n in range(1001)}
    told(steward.client.post("/api/v1/imports/", form, headers={"Idempotency-Key": "k"}), 400)


def kinds(problem=Problem):
    return {problem.kind} | {kind for below in problem.__subclasses__() for kind in kinds(below)}


def test_the_guide_lists_every_type():
    listed = re.findall(r"^\| `([a-z-]+)` \| \d{3} \|", (settings.BASE_DIR / "docs/api.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted((kinds() | {"invalid"}) - {""})
