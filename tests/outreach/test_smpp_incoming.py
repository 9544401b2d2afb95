"""Receipts and replies over SMPP: kept before the centre is told that we have them."""

import pytest
import smpp34
from django.db import connections

from outreach import reports
from outreach.gateways import Outcome
from outreach.gateways.smpp.asking import answer_to
from outreach.models import DeliveryReport, Inbound
from tests.outreach import smsc
from tests.outreach.centre import waited
from tests.outreach.smsc import held, serving
from tests.outreach.test_smpp_gateway import send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def centre(monkeypatch):
    """A centre with a session bound to it, whose thread leaves no database connection behind."""
    with serving() as one:
        gateway = smsc.gateway(one.port)
        hold = gateway.hold

        def hold_and_leave(stop):
            try:
                hold(stop)
            finally:
                connections.close_all()

        gateway.hold = hold_and_leave
        with held(gateway):
            one.gateway = gateway
            waited(lambda: one.esmes)  # the centre has heard of the session too
            yield one


def kept():
    return [
        (one.gateway, one.gateway_ref, one.status, one.raw["stat"]) for one in DeliveryReport.objects.order_by("pk")
    ]


@pytest.mark.parametrize(
    ("stat", "status"),
    [
        ("DELIVRD", "delivered"),
        ("UNDELIV", "undelivered"),
        ("EXPIRED", "undelivered"),
        ("REJECTD", "undelivered"),
        ("DELETED", "undelivered"),
        ("ENROUTE", "pending"),
        ("ACCEPTD", "pending"),
        ("WHATEVE", "pending"),
    ],
)
def test_each_receipt_is_kept_once(centre, stat, status):
    assert [centre.receipt("m1", stat) for _ in range(2)] == [0, 0]
    assert kept() == [("sms", "m1", status, stat)]


def test_parameters_go_before_the_text_of_a_receipt(centre):
    number, state = smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, b"m9\0"), smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, b"\x05")
    assert centre.receipt("m1", "DELIVRD", tlvs=[number, state]) == 0
    assert kept() == [("sms", "m9", "undelivered", "UNDELIV")]


def test_what_no_text_of_the_database_holds_is_replaced(centre):
    assert centre.deliver(content=b"id:m\x001 stat:DELIVRD err:\x000", esm_class=0x04) == 0
    assert kept() == [("sms", "m\ufffd1", "delivered", "DELIVRD")]
    assert answer_to(0, b"m\x001").gateway_ref == "m\ufffd1"


def test_a_parameter_nobody_knows_is_passed_over(centre):
    assert centre.receipt("m1", tlvs=[smpp34.Tlv(0x1400, b"vendor")]) == 0
    assert kept() == [("sms", "m1", "delivered", "DELIVRD")]


@pytest.mark.parametrize(
    ("text", "content", "fields"),
    [
        ("退订", "退订".encode("utf-16-be"), {"data_coding": 8}),
        ("Stop {now}", b"Stop \x1b(now\x1b)", {}),
        ("Stop", b"Stop", {"data_coding": 1}),
        ("mañana", "mañana".encode("latin-1"), {"data_coding": 3}),
        ("part", b"\x05\0\x03\x07\x01\x01part", {"esm_class": 0x40, "data_coding": 1}),
        ("", b"", {}),
        ("a\ufffdb", b"a\xffb", {}),
    ],
)
def test_what_people_write_is_kept_once(centre, text, content, fields):
    statuses = [centre.deliver(content=content, source_addr="8613800000001", **fields) for _ in range(2)]
    assert statuses == [0, 0]
    (inbound,) = Inbound.objects.all()
    assert (inbound.gateway, inbound.sender, inbound.text) == ("sms", "13800000001", text)


def test_the_same_words_after_others_are_another_message(centre):
    for content in (b"TD", b"Y", b"TD", b"TD"):
        assert centre.deliver(content=content, source_addr="8613800000001", data_coding=1) == 0
    assert [one.text for one in Inbound.objects.order_by("pk")] == ["TD", "Y", "TD"]


def test_two_phones_with_the_same_words_are_two(centre):
    for last in "12":
        centre.deliver(content=b"1", source_addr=f"861380000000{last}", data_coding=1)
    assert Inbound.objects.count() == 2


def test_what_cannot_be_kept_comes_again(centre, monkeypatch):
    def broken(**fields):
        raise OSError

    take = reports.take
    monkeypatch.setattr(reports, "take", broken)
    assert centre.receipt("m1") != 0
    monkeypatch.setattr(reports, "take", take)
    assert (centre.receipt("m1"), len(kept())) == (0, 1)


def test_an_answer_that_comes_late_tells_the_number_after_all(monkeypatch):
    late = []

    def behave(n, event):
        late.append(event)
        return smsc.SILENT

    with serving(behave) as centre:
        gateway = smsc.gateway(centre.port, timeout=0.3)
        with held(gateway):
            assert send(gateway).outcome == Outcome.UNKNOWN
            centre.loop.call_soon_threadsafe(late[0].accept, "m77")
            waited(kept)
    assert kept() == [("sms", "m77", "pending", "LATE")]
    assert DeliveryReport.objects.get().ref is not None
    connections.close_all()
