"""A POST under an Idempotency-Key happens once, however often and from wherever it is sent."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from customers.models import Customer, Import, Interaction
from door import once
from door.models import Answer
from jobs import runs
from tests import make
from tests.race import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    hall = make.unit("hall")
    make.tier(hall.branch)
    return hall


@pytest.fixture
def clerk(hall):
    return make.Program(make.user("clerk", hall))


def test_sent_twice_it_happens_once_and_is_answered_the_same(clerk):
    first, second = (clerk.post("customers/", {"name": "李小芳"}, key="a") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first["ETag"], first["Location"]) == (second["ETag"], second["Location"])
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Customer.objects.count() == 1


def test_another_body_or_path_under_the_same_key_is_refused(clerk):
    clerk.post("customers/", {"name": "李小芳"}, key="a")
    for path, body in (("customers/", {"name": "王芳"}), ("identifiers/", {"name": "李小芳"})):
        refused = clerk.post(path, body, key="a")
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:crm:problem:idempotency-key-reused")
    assert Customer.objects.count() == 1


def test_a_key_is_needed_and_says_nothing_to_others(clerk, hall):
    refused = clerk.client.post("/api/v1/customers/", {"name": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:crm:problem:idempotency-key")
    assert clerk.post("customers/", {"name": "x"}, key="a" * 201).status_code == 400
    other = make.Program(make.user("clerk", hall))
    clerk.post("customers/", {"name": "李小芳"}, key="a")
    assert other.post("customers/", {"name": "王芳"}, key="a").json()["name"] == "王芳"


def test_a_refusal_is_kept_too_but_not_what_says_something_of_the_moment(clerk, hall):
    first = clerk.post("customers/", {"kind": "x"}, key="a")
    again = clerk.post("customers/", {"kind": "x"}, key="a")
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (422, 422, "true")
    assert again["Content-Type"] == "application/problem+json"
    make.identifier(make.customer(hall), "13812345678")
    body = {"name": "李小芳", "phone": "13812345678"}
    assert clerk.post("customers/", body, key="b").status_code == 409
    assert not Answer.objects.filter(key="b").exists()


def test_a_failure_of_ours_is_not_kept(clerk, monkeypatch):
    clerk.client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr("customers.api.customers.place_of", lambda user: 1 / 0)
        assert clerk.post("customers/", {"name": "李小芳"}, key="a").status_code == 500
    assert not Answer.objects.exists()
    assert clerk.post("customers/", {"name": "李小芳"}, key="a").status_code == 201


def test_a_file_sent_twice_is_one_import_and_another_file_is_refused():
    steward = make.Program(make.user("data_steward", make.branch()))

    def upload(text):
        file = SimpleUploadedFile("rows.csv", text.encode())
        return steward.client.post("/api/v1/imports/", {"file": file}, headers={"Idempotency-Key": "a"})

    assert [upload("number,name\n1,x\n").status_code for _ in range(2)] == [201, 201]
    assert upload("number,name\n2,x\n").status_code == 422
    assert Import.objects.count() == 1


def test_after_a_day_a_key_is_forgotten(clerk):
    clerk.post("customers/", {"name": "李小芳"}, key="a")
    clerk.post("customers/", {"name": "李小芳"}, key="b")
    Answer.objects.filter(key="a").update(at=timezone.now() - timedelta(hours=25))
    assert clerk.post("customers/", {"name": "王芳", "anyway": True}, key="a").json()["name"] == "王芳"
    Answer.objects.filter(key="a").update(at=timezone.now() - timedelta(hours=25))
    run = runs.ask("jobs.forget_answers", key="x")
    runs.work_off()
    run.refresh_from_db()
    assert (run.state, run.counts) == ("done", {"answers": 1})
    assert Answer.objects.get().key == "b"


def test_while_one_is_at_work_a_second_one_is_told_so(clerk):
    ours = {"asker": f"token {clerk.user.tokens.get().pk}", "key": "a"}
    held = connection.copy()
    held.set_autocommit(False)
    try:
        with held.cursor() as cursor:
            cursor.execute(once.HOLD, [once.lock_of(ours)])
        told = clerk.post("customers/", {"name": "李小芳"}, key="a")
        assert (told.status_code, told.json()["type"]) == (409, "urn:crm:problem:under-way")
    finally:
        held.close()
    assert clerk.post("customers/", {"name": "李小芳"}, key="a").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_sent_by_many_at_the_same_moment_it_happens_once(hall):
    program = make.Program(make.user("clerk", hall))
    customer, reason = make.customer(hall), make.reason(hall.branch)
    body = {"customer": customer.pk, "stage": "in_sale", "channel": "hall", "items": [{"reason": reason.code}]}
    for turn in range(5):
        answers = together(lambda turn=turn: program.post("interactions/", body, key=f"k{turn}"), runners=4)
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
        assert Interaction.objects.count() == turn + 1
