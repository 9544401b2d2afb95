"""Mail over SMTP, against a server by others (aiosmtpd) and one that breaks off."""

import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from outreach.gateways import Outcome
from outreach.gateways.registry import made

TO = "zhang@example.com"
ACCEPTED, REFUSED, BUSY, UNKNOWN = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.BUSY, Outcome.UNKNOWN


class Postbox:
    """Answers `MAIL`, `RCPT` and `DATA` as it is told."""

    def __init__(self, mail="250 OK", rcpt="250 OK", data="250 OK"):
        self.mail, self.rcpt, self.data, self.came = mail, rcpt, data, []

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        self.came.append(envelope.content)
        return self.data


@contextmanager
def serving(box, **options):
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def gateway(port, who="", scheme="smtp", **options):
    options = {"from": "crm@example.com", "starttls": 0, "timeout": 1} | options
    return made("email", f"{scheme}://{who}127.0.0.1:{port}?" + "&".join(f"{k}={v}" for k, v in options.items()))


def send(gateway, **fields):
    return gateway.send(**{"ref": uuid4(), "to": TO, "text": "您好\n.\nA line\n", "subject": "账单提醒"} | fields)


def test_a_mail_arrives_as_it_was_written():
    box, ref = Postbox(), uuid4()
    with serving(box) as port:
        answer = send(gateway(port, sender="City%20branch"), ref=ref)
    assert (answer.outcome, answer.status) == (ACCEPTED, "250")
    came = message_from_bytes(box.came[0], policy=default)
    assert came.get_content().replace("\r\n", "\n") == "您好\n.\nA line\n"
    assert (came["Subject"], came["To"], came["From"]) == ("账单提醒", TO, "City branch <crm@example.com>")
    assert came["Message-ID"] == f"<{ref}@example.com>"
    assert came["List-Unsubscribe"] is None
    assert came.get_content_charset() == "utf-8"


def test_marketing_says_how_to_unsubscribe():
    box = Postbox()
    with serving(box) as port:
        send(gateway(port, unsubscribe="stop@example.com"), marketing=True)
    assert message_from_bytes(box.came[0])["List-Unsubscribe"] == "<mailto:stop@example.com?subject=unsubscribe>"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"rcpt": "550 no such mailbox"}, REFUSED),
        ({"rcpt": "450 try later"}, BUSY),
        ({"mail": "553 not yours"}, BUSY),
        ({"data": "554 spam"}, REFUSED),
        ({"data": "451 later"}, BUSY),
        ({"rcpt": "530 sign in first"}, BUSY),
    ],
)
def test_each_answer_has_its_outcome(answers, outcome):
    with serving(Postbox(**answers)) as port:
        answer = send(gateway(port))
    assert answer.outcome == outcome
    assert answer.status == next(iter(answers.values()))[:3]


def test_nobody_there_is_not_in_doubt():
    assert send(gateway(free_port())).outcome == BUSY


@pytest.mark.parametrize("to", ["", "not an address", "a@b@c", "张@example.com", "a@example.com\nBcc: b@example.com"])
def test_what_is_no_address_is_refused_without_a_call(to):
    assert send(gateway(free_port()), to=to).outcome == REFUSED


def test_no_header_can_be_smuggled_in_by_a_subject():
    assert send(gateway(free_port()), subject="x\r\nBcc: b@example.com").outcome == REFUSED


@contextmanager
def ending_after(step):
    """A server that breaks off, or falls silent, once it heard `step`."""
    listener, held = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        link, _ = listener.accept()
        held.append(link)
        link.sendall(b"220 ready\r\n")
        heard = link.makefile("rb")
        for line in heard:
            word = line[:4].upper()
            if word == step:
                break
            if word == b"DATA":
                link.sendall(b"354 go on\r\n")
                break
            link.sendall(b"250 OK\r\n")
        heard.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], held
    thread.join(5)
    listener.close()
    for link in held:
        link.close()


@pytest.mark.parametrize(
    ("step", "outcome"), [(b"MAIL", BUSY), (b"RCPT", BUSY), (b"DATA", UNKNOWN), ("nothing", UNKNOWN), (b"EHLO", BUSY)]
)
def test_silence_is_doubt_only_once_the_text_may_have_left(step, outcome):
    with ending_after(step) as (port, _held):
        assert send(gateway(port, timeout=0.5)).outcome == outcome


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    key, made_of = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        made_of,
        "-days",
        "2",
    ]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *name], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made_of, key)
    yield context, made_of
    made.cache_clear()


def asked(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"crm", b"p@ss"))


def starttls(box, context):
    return serving(box, tls_context=context, require_starttls=True, authenticator=asked, auth_required=True)


def test_starttls_and_a_password(certificate, monkeypatch):
    context, file = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    box = Postbox()
    with starttls(box, context) as port:
        assert send(gateway(port, "crm:p%40ss@", starttls=1)).outcome == ACCEPTED
        wrong = send(gateway(port, "crm:wrong@", starttls=1))
    assert wrong.outcome == BUSY
    assert len(box.came) == 1


def test_a_server_nobody_vouches_for_gets_nothing(certificate):
    box = Postbox()
    with starttls(box, certificate[0]) as port:
        answer = send(gateway(port, "crm:p%40ss@", starttls=1))
    assert (answer.outcome, answer.status, box.came) == (BUSY, "tls", [])
