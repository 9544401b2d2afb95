"""What the product makes of each thing an HTTP gateway can do: it never claims to know more than it does."""

import base64
import json
import socket
from uuid import uuid4

import pytest

from outreach.gateways import Outcome
from outreach.gateways.registry import made
from tests.outreach import centre as centres
from tests.outreach.centre import answering

TO = "13800000001"
BUSY, UNKNOWN, REFUSED, ACCEPTED = Outcome.BUSY, Outcome.UNKNOWN, Outcome.REFUSED, Outcome.ACCEPTED


@pytest.fixture
def centre(tmp_path):
    with centres.running(tmp_path) as one:
        yield one


def send(gateway, ref=None, **fields):
    return gateway.send(**{"ref": ref or uuid4(), "to": TO, "text": "您好"} | fields)


def received(centre):
    return [(row["ref"], row["text"]) for row in centre.book.log()]


@pytest.mark.parametrize(
    ("kind", "outcome", "arrives"),
    [
        ("accept", ACCEPTED, 1),
        ("delay", ACCEPTED, 1),
        ("report_first", ACCEPTED, 1),
        ("lose", ACCEPTED, 0),
        ("refuse", REFUSED, 0),
        ("throttle", BUSY, 0),
        ("error", UNKNOWN, 0),
        ("error_after", UNKNOWN, 1),
        ("timeout", UNKNOWN, 1),
        ("reset", UNKNOWN, 1),
        ("cut", UNKNOWN, 1),
        ("drop", UNKNOWN, 0),
    ],
)
def test_each_behaviour_has_its_outcome(centre, kind, outcome, arrives):
    centre.behaviour.change({"next": {"behaviour": kind}})
    answer = send(centres.gateway(centre))
    assert answer.outcome == outcome
    assert len(centre.book.log()) == arrives
    assert bool(answer.gateway_ref) == (outcome == ACCEPTED)
    assert answer.ms is not None


@pytest.mark.parametrize("kind", ["error", "error_after", "timeout", "reset", "cut", "drop"])
def test_whatever_was_in_doubt_arrives_once_when_it_is_sent_again(centre, kind):
    gateway, ref = centres.gateway(centre), uuid4()
    centre.behaviour.change({"next": {"behaviour": kind}})
    assert send(gateway, ref).outcome == UNKNOWN
    assert send(gateway, ref).outcome == ACCEPTED
    assert received(centre) == [(str(ref), "您好")]


@pytest.mark.parametrize(("kind", "known"), [("timeout", True), ("reset", True), ("drop", False), ("error", False)])
def test_a_question_says_whether_it_was_taken(centre, kind, known):
    gateway, ref = centres.gateway(centre, idempotent=0), uuid4()
    centre.behaviour.change({"idempotent": False, "next": {"behaviour": kind}})
    assert send(gateway, ref).outcome == UNKNOWN
    answer = gateway.query(ref)
    assert (answer is not None) == known
    if known:
        assert (answer.outcome, answer.gateway_ref) == (ACCEPTED, centre.book.known(str(ref))["id"])


def test_a_gateway_that_cannot_be_asked_says_neither_yes_nor_no(centre):
    centre.behaviour.change({"queryable": False})
    assert centres.gateway(centre).query(uuid4()).outcome == UNKNOWN


def test_without_idempotency_the_same_message_arrives_twice(centre):
    centre.behaviour.change({"idempotent": False})
    gateway, ref = centres.gateway(centre), uuid4()
    assert send(gateway, ref).gateway_ref != send(gateway, ref).gateway_ref
    assert received(centre) == [(str(ref), "您好")] * 2


def test_one_connection_serves_many_messages_and_a_closed_one_is_replaced(centre):
    gateway = centres.gateway(centre)
    send(gateway)
    first = gateway._kept.link.sock
    send(gateway)
    assert gateway._kept.link.sock is first
    first.plain.shutdown(socket.SHUT_RDWR)
    assert send(gateway).outcome == ACCEPTED
    assert gateway._kept.link.sock is not first


def test_nobody_there_is_not_in_doubt():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    answer = send(centres.gateway(port))
    assert (answer.outcome, answer.status) == (BUSY, "connect")
    assert centres.gateway(port).query(uuid4()).outcome == BUSY


def test_a_name_nobody_has_is_not_in_doubt():
    assert send(made("sms", "http://nobody.invalid")).outcome == BUSY


def test_tls_that_fails_is_not_in_doubt(centre):
    answer = send(made("sms", f"https://127.0.0.1:{centre.server_port}?timeout=2"))
    assert (answer.outcome, answer.status) == (BUSY, "tls")


def http(status, body=b"{}", *headers):
    lines = [b"HTTP/1.1 %d X" % status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join([*lines, b"", body])


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, ACCEPTED), (201, ACCEPTED), (202, ACCEPTED),
        (400, REFUSED), (422, REFUSED), (410, REFUSED),
        (401, BUSY), (402, BUSY), (403, BUSY), (404, BUSY), (408, BUSY), (425, BUSY), (429, BUSY),
        (302, BUSY), (307, BUSY),
        (500, UNKNOWN), (502, UNKNOWN), (503, UNKNOWN), (504, UNKNOWN),
    ],
)  # fmt: skip
def test_each_status_has_its_outcome(status, outcome):
    location = b"Location: http://127.0.0.1:9/elsewhere"
    with answering(http(status, b'{"id": "7"}', location)) as (port, requests):
        answer = send(centres.gateway(port))
    assert (answer.outcome, answer.status, len(requests)) == (outcome, str(status), 1)


def test_a_gateway_that_closes_after_each_answer_is_heard_to_the_end():
    closing = http(202, b'{"id": "7"}', b"Connection: close")
    endless = b'HTTP/1.0 202 Accepted\r\n\r\n{"id": "8"}'
    with answering(closing, endless, closing) as (port, _requests):
        gateway = centres.gateway(port)
        assert [send(gateway).gateway_ref for _ in range(3)] == ["7", "8", "7"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff nothing like HTTP\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\nContent-Len",
        b'HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\n{"id": "cut',
        b"HTTP/1.1 202 Accepted\r\nContent-Length: 99999\r\n\r\n" + b"x" * 99999,
        b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        centres.reset,
        centres.drip,
    ],
)
def test_an_answer_that_is_none_leaves_it_in_doubt(answer):
    with answering(answer) as (port, _requests):
        assert send(centres.gateway(port)).outcome == UNKNOWN


@pytest.mark.parametrize("body", [b"", b"accepted", b"[1]", b'{"id": null}', b"[" * 60000])
def test_taken_is_taken_even_where_the_answer_has_no_number(body):
    with answering(http(202, body)) as (port, _requests):
        answer = send(centres.gateway(port))
    assert (answer.outcome, answer.gateway_ref) == (ACCEPTED, "")
    assert len(answer.text) <= 500


@pytest.mark.parametrize(
    "answer",
    [
        http(404, b"<h1>No such page</h1>"),
        http(404, b'{"status": "unknown"}'),
        http(404, b'{"ref": "another", "status": "unknown"}'),
        http(200, b'{"ref": "another", "status": "accepted"}'),
        http(500),
        b"",
    ],
)
def test_not_found_counts_only_when_the_gateway_speaks_of_this_message(answer):
    with answering(answer) as (port, _requests):
        assert centres.gateway(port).query(uuid4()).outcome == UNKNOWN


def test_a_refused_message_is_known_as_refused():
    ref = uuid4()
    with answering(http(200, json.dumps({"ref": str(ref), "id": "7", "status": "refused"}).encode())) as (port, _):
        assert centres.gateway(port).query(ref).outcome == REFUSED


@pytest.mark.parametrize(
    ("who", "header"),
    [
        ("", None),
        (":token@", "Bearer token"),
        ("me:p%40ss@", "Basic " + base64.b64encode(b"me:p@ss").decode()),
    ],
)
def test_what_is_sent(who, header):
    ref = uuid4()
    with answering(http(202)) as (port, requests):
        send(made("email", f"http://{who}127.0.0.1:{port}/v2/?timeout=2"), ref, to="a@b.example", subject="好")
    head, _, body = requests[0].decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == "POST /v2/messages HTTP/1.1"
    assert f"Idempotency-Key: {ref}" in lines
    assert [line for line in lines if "Authorization" in line] == ([f"Authorization: {header}"] if header else [])
    assert json.loads(body) == {
        "ref": str(ref), "channel": "email", "to": "a@b.example", "text": "您好", "subject": "好", "marketing": False,
    }  # fmt: skip


def test_what_no_text_of_the_database_holds_is_replaced():
    ref = uuid4()
    said = json.dumps({"ref": str(ref), "id": "7\0\ud800", "status": "\0\udfff"}).encode()
    with answering(http(202, said + b"\0")) as (port, _requests):
        assert send(centres.gateway(port)).text.isprintable()
    with answering(http(202, said)) as (port, _requests):
        assert send(centres.gateway(port)).gateway_ref == "7\ufffd\ufffd"
    with answering(http(200, said)) as (port, _requests):
        answer = centres.gateway(port).query(ref)
    assert (answer.gateway_ref, answer.status) == ("7\ufffd\ufffd", "\ufffd\ufffd")
