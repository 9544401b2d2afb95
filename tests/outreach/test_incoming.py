"""What gateways tell us over HTTP: signed, once, and refused in words when it cannot be read."""

import json
import time
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.test import Client

from outreach import signing
from outreach.models import DeliveryReport, Inbound
from tests.race import together

pytestmark = pytest.mark.django_db
REPORTS, INBOUND = "/gateways/simulator/reports/", "/gateways/simulator/inbound/"


@pytest.fixture(autouse=True)
def simulated(settings):
    settings.GATEWAYS = {"sms": "http://127.0.0.1:9?name=simulator", "email": ""}


def call(path, said, *, name="simulator", late=0, key=None, **headers):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    secret = signing.secret(key or configured.GATEWAY_KEY, name)
    signed = signing.headers(secret, f"msg_{uuid4().hex}", int(time.time() - late), body)
    return Client().post(path, body, content_type="application/json", headers=signed | headers)


def report(**fields):
    return {"id": "7", "ref": str(uuid4()), "status": "delivered"} | fields


def letter(**fields):
    return {"id": "in-7", "from": "+8613800000001", "text": "在吗"} | fields


def test_a_report_is_kept_once():
    said = report()
    for _ in range(3):
        assert call(REPORTS, said).json() == {"taken": True}
    kept = DeliveryReport.objects.get()
    assert (kept.gateway, kept.gateway_ref, str(kept.ref), kept.status) == ("simulator", "7", said["ref"], "delivered")


def test_a_letter_is_kept_once():
    for _ in range(3):
        assert call(INBOUND, letter()).status_code == 200
    kept = Inbound.objects.get()
    assert (kept.gateway, kept.gateway_id, kept.sender, kept.text) == ("simulator", "in-7", "13800000001", "在吗")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "said", "model"), [(REPORTS, report(), DeliveryReport), (INBOUND, letter(), Inbound)])
def test_what_comes_at_once_is_one(path, said, model):
    answers = together(lambda: call(path, said).status_code)
    assert set(answers) == {200}
    assert model.objects.count() == 1


@pytest.mark.parametrize("path", [REPORTS, INBOUND])
@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook-signature": "v1,bm90IHRoaXM="},
        {"webhook-signature": "é"},
        {"webhook-id": "another"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"late": 400},
        {"late": -400},
        {"key": "another" * 10},
        {"name": "another"},
    ],
)
def test_a_signature_that_does_not_hold_is_refused(path, wrong):
    answer = call(path, report() | letter(), **wrong)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert DeliveryReport.objects.count() + Inbound.objects.count() == 0


def test_without_a_signature_nothing_is_taken():
    assert Client().post(REPORTS, report(), content_type="application/json").status_code == 401


def test_a_body_that_was_changed_on_its_way_is_refused():
    body = json.dumps(report()).encode()
    signed = signing.headers(signing.secret(configured.GATEWAY_KEY, "simulator"), "msg_1", int(time.time()), body)
    changed = body.replace(b"delivered", b"undelivered")
    assert Client().post(REPORTS, changed, content_type="application/json", headers=signed).status_code == 401


def test_a_gateway_nobody_configured_is_not_there():
    assert call("/gateways/other/reports/", report(), name="other").status_code == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (REPORTS, b"{"), (REPORTS, b"[]"), (REPORTS, b"\xff"), (REPORTS, b"[" * 10000),
        (REPORTS, report(status="lost")), (REPORTS, report(status=None)), (REPORTS, report(id="", ref="")),
        (REPORTS, report(id="\ud800")), (INBOUND, letter(id="\udfff")), (INBOUND, letter(**{"from": "1\ud800"})),
        (REPORTS, report(id=7)), (REPORTS, report(id="x" * 101)), (REPORTS, report(id="\0")),
        (INBOUND, {}), (INBOUND, letter(id="")),
        (INBOUND, letter(text=1)), (INBOUND, letter(text="x" * 5001)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(path, said):
    answer = call(path, said)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]
    assert DeliveryReport.objects.count() + Inbound.objects.count() == 0


def test_a_text_with_half_a_character_is_kept_all_the_same():
    assert call(INBOUND, letter(text="TD\ud83d\0")).status_code == 200
    assert call(REPORTS, report(reason="\ud83d")).status_code == 200
    assert (Inbound.objects.get().text, DeliveryReport.objects.get().raw) == ("TD\ufffd\ufffd", {"reason": "\ufffd"})


def test_without_a_key_of_our_own_no_signature_holds(settings):
    settings.GATEWAY_KEY = ""
    assert call(INBOUND, letter()).status_code == 401


def test_a_body_without_end_is_refused_before_anything_else():
    assert call(INBOUND, letter(text="x" * 17000)).status_code == 413


def test_a_page_is_not_what_lies_here():
    assert Client().get(REPORTS).status_code == 405


def test_the_log_holds_nothing_of_it(caplog, capsys):
    call(INBOUND, letter(text="我的身份证", **{"from": "13800000001"}))
    call(INBOUND, letter(text="我的身份证"), key="wrong" * 20)
    said = caplog.text + "".join(capsys.readouterr())
    assert "身份证" not in said
    assert "13800000001" not in said
