"""A session with an SMS centre written by others: every answer, every silence, and what phones say back."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import smpp34

from outreach.gateways import Outcome
from outreach.gateways.smpp import coding, session
from outreach.gateways.smpp.link import Link
from tests.outreach import smsc
from tests.outreach.centre import waited
from tests.outreach.smsc import SILENT, held, serving

ACCEPTED, REFUSED, BUSY, UNKNOWN = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.BUSY, Outcome.UNKNOWN
TO = "13800000001"


def send(gateway, ref=None, **fields):
    return gateway.send(**{"ref": ref or uuid4(), "to": TO, "text": "您好"} | fields)


def test_a_message_is_taken_under_a_number():
    with serving() as centre:
        with held(gateway := smsc.gateway(centre.port)):
            answer = send(gateway)
        assert waited(lambda: centre.unbound), "it takes leave"
    assert (answer.outcome, answer.gateway_ref, answer.status) == (ACCEPTED, "m1", "0")
    (came,) = centre.came
    assert came.destination_addr == "8613800000001"
    assert (came.source_addr, came.data_coding, came.registered_delivery & 1) == ("10010", 8, 1)
    assert bytes(came.short_message).decode("utf-16-be") == "您好"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (smpp34.ESME_RTHROTTLED, BUSY),
        (smpp34.ESME_RMSGQFUL, BUSY),
        (smpp34.ESME_RSYSERR, BUSY),
        (smpp34.ESME_RINVDSTADR, REFUSED),
        (smpp34.ESME_RINVMSGLEN, REFUSED),
        (0x66, REFUSED),
        (0x64, BUSY),
    ],
)
def test_each_refusal_has_its_outcome(status, outcome):
    with serving(lambda n, event: status) as centre, held(gateway := smsc.gateway(centre.port)):
        answer = send(gateway)
    assert (answer.outcome, answer.status, answer.gateway_ref) == (outcome, f"0x{status:08x}", "")


def test_after_too_fast_the_session_rests():
    slow = serving(lambda n, event: smpp34.ESME_RTHROTTLED if n < 3 else f"m{n}")
    with slow as centre, held(gateway := smsc.gateway(centre.port)):
        assert [send(gateway).outcome for _ in range(3)] == [BUSY, BUSY, ACCEPTED]
        assert gateway.session.rest == 0


def test_without_a_session_nothing_has_left():
    gateway = smsc.gateway(smsc.free_port())
    assert (send(gateway).outcome, send(gateway).status) == (BUSY, "unbound")


def test_silence_is_doubt():
    with serving(lambda n, event: SILENT) as centre, held(gateway := smsc.gateway(centre.port, timeout=0.4)):
        answer = send(gateway)
    assert (answer.outcome, answer.status, len(centre.came)) == (UNKNOWN, "timeout", 1)


def test_what_waits_for_the_window_has_not_left():
    silent = serving(lambda n, event: SILENT)
    with (
        silent as centre,
        held(gateway := smsc.gateway(centre.port, timeout=0.5, window=1)),
        ThreadPoolExecutor() as pool,
    ):
        answers = [one.result().outcome for one in [pool.submit(send, gateway) for _ in range(8)]]
    assert set(answers) == {BUSY, UNKNOWN}
    assert len(centre.came) == answers.count(UNKNOWN)


def test_a_connection_that_ends_leaves_in_doubt_what_was_under_way():
    silent = serving(lambda n, event: SILENT)
    with silent as centre, held(gateway := smsc.gateway(centre.port, timeout=5)), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(send, gateway)
        waited(lambda: centre.came)
        centre.unbind()
        assert answer.result(10).outcome == UNKNOWN


def test_it_binds_again_when_the_centre_is_back():
    with serving() as centre, held(gateway := smsc.gateway(centre.port)) as first:
        first.link._socket.shutdown(2)
        second = waited(lambda: gateway.session if gateway.session not in (None, first) else None)
        assert second.open
        assert send(gateway).outcome == ACCEPTED


def test_many_senders_share_one_session():
    with serving() as centre, held(gateway := smsc.gateway(centre.port)), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(gateway), range(40)))
    assert {answer.outcome for answer in answers} == {ACCEPTED}
    assert len({answer.gateway_ref for answer in answers}) == 40
    assert len(centre.esmes) == 1


LONG = "您" * 69 + "😀" + "好" * 70


def test_a_long_text_goes_in_parts_that_the_phone_joins():
    ref = uuid4()
    with serving() as centre, held(gateway := smsc.gateway(centre.port)):
        answer = send(gateway, ref, text=LONG)
    contents = [bytes(came.short_message) for came in centre.came]
    assert [content[:6] for content in contents] == [bytes([5, 0, 3, ref.bytes[-1], 3, n]) for n in (1, 2, 3)]
    assert "".join(content[6:].decode("utf-16-be") for content in contents) == LONG
    assert [came.esm_class & 0x40 for came in centre.came] == [0x40] * 3
    assert [came.registered_delivery & 1 for came in centre.came] == [0, 0, 1]
    assert answer.gateway_ref == "m3"


def test_a_long_text_goes_whole_where_the_centre_wants_it_so():
    with serving() as centre, held(gateway := smsc.gateway(centre.port, long="payload")):
        assert send(gateway, text=LONG).gateway_ref == "m1"
    (payload,) = (tlv for tlv in centre.came[0].tlvs if tlv.tag == smpp34.TLV_MESSAGE_PAYLOAD)
    assert bytes(payload.value).decode("utf-16-be") == LONG


@pytest.mark.parametrize(("refused_at", "outcome"), [(2, REFUSED), (3, BUSY)])
def test_a_part_that_is_not_taken_decides(refused_at, outcome):
    wrong = smpp34.ESME_RINVDSTADR if outcome == REFUSED else smpp34.ESME_RMSGQFUL
    choosy = serving(lambda n, event: wrong if n == refused_at else f"m{n}")
    with choosy as centre, held(gateway := smsc.gateway(centre.port)):
        assert send(gateway, text=LONG).outcome == outcome
    assert len(centre.came) == refused_at


@pytest.mark.parametrize("text", ["Hello {Ö} €5 ^~", "x" * 161, "€" * 81, "a" * 152 + "€" + "b" * 10])
def test_what_gsm_can_say_is_said_in_gsm(text):
    with serving() as centre, held(gateway := smsc.gateway(centre.port)):
        assert send(gateway, text=text).outcome == ACCEPTED
    headed = len(centre.came) > 1
    assert {came.data_coding for came in centre.came} == {0}
    assert "".join(coding.read(bytes(came.short_message), 0, headed) for came in centre.came) == text


def test_a_number_in_hexadecimal_is_kept_as_receipts_write_it():
    with serving(lambda n, event: "1F") as centre, held(gateway := smsc.gateway(centre.port, ids="hex")):
        assert send(gateway).gateway_ref == "31"


@pytest.mark.parametrize("to", ["", "zhang", "1" * 30, "138-0000"])
def test_what_is_no_number_is_refused_without_a_call(to):
    with serving() as centre, held(gateway := smsc.gateway(centre.port)):
        assert send(gateway, to=to).outcome == REFUSED
    assert centre.came == []


def test_the_line_is_tested_and_kept_while_it_answers(monkeypatch):
    monkeypatch.setattr(session, "QUIET", 0.6)
    with serving() as centre, held(gateway := smsc.gateway(centre.port)) as first:
        asked = []
        monkeypatch.setattr(first.link, "ask", lambda name, **fields: asked.append(name) or Link.ask(first.link, name))
        waited(lambda: len(asked) > 2)
        assert (gateway.session, set(asked)) == (first, {"enquire_link"})


def test_a_line_that_went_silent_is_left(monkeypatch):
    monkeypatch.setattr(session, "QUIET", 0.6)
    with smsc.deaf() as port, held(gateway := smsc.gateway(port)):
        waited(lambda: gateway.session is None)


def test_a_gateway_is_one_for_the_process_and_blind():
    gateway = smsc.gateway(1)
    assert (gateway.idempotent, gateway.queryable, gateway.query(uuid4()).outcome) == (False, False, UNKNOWN)


def test_parts_are_counted_as_on_a_phone():
    assert len(coding.parts("您" * 70, 1)[1]) == 1
    assert len(coding.parts("您" * 71, 1)[1]) == 2
    assert len(coding.parts("x" * 160, 1)[1]) == 1
    assert len(coding.parts("x" * 161, 1)[1]) == 2
    with pytest.raises(ValueError, match="long"):
        coding.parts("x" * 40000, 1)
