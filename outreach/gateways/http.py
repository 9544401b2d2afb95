"""A gateway that speaks JSON over HTTP (docs/gateways.md).

The operator names its host, so it is trusted: no list of hosts, but no redirect is followed, no proxy taken from the
environment, and an answer is bounded in time and size. Each thread keeps one connection.
"""

import base64
import http.client
import json
import socket
import ssl
import threading
import time
from functools import partial

from outreach.gateways import Answer, Gateway, Outcome, storable
from outreach.gateways.wire import Deadline, Wire

MOST = 64 * 1024  # bytes of an answer
KEPT = 500  # characters of it
IDLE = 20.0  # seconds after which a kept connection is not used again
# The request was understood and this message is not wanted; other 4xx are about the connection, the rights or the pace.
REFUSALS = {400, 406, 409, 410, 413, 414, 415, 422, 451}


class HttpGateway(Gateway):
    OPTIONS = frozenset({"idempotent", "queryable"})

    def __init__(self, channel, address):
        super().__init__(channel, address)
        self.idempotent, self.queryable = address.flag("idempotent"), address.flag("queryable")
        self._trust = ssl.create_default_context() if address.scheme == "https" else None
        self._kept = threading.local()

    def send(self, *, ref, to, text, subject="", marketing=False) -> Answer:
        said = {"ref": str(ref), "channel": self.channel, "to": to, "text": text, "marketing": marketing}
        body = json.dumps(said | ({"subject": subject} if subject else {}), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(ref)}
        return self._timed(partial(self._ask, "POST", "/messages", body, headers, _taken))

    def query(self, ref) -> Answer | None:
        known = partial(_known, ref=str(ref))
        answer = self._timed(partial(self._ask, "GET", f"/messages/{ref}", None, {}, known))
        return None if answer.status == ABSENT else answer

    def _timed(self, call) -> Answer:
        began = time.monotonic()
        answer = call()
        return Answer(**vars(answer) | {"ms": round((time.monotonic() - began) * 1000)})

    def _ask(self, method, path, body, headers, read) -> Answer:
        deadline = Deadline(self.timeout)
        try:
            link = self._link(deadline)
        except (OSError, ValueError) as error:  # no byte of the request has left
            return Answer(Outcome.BUSY, status="tls" if isinstance(error, ssl.SSLError) else "connect", left=False)
        try:
            link.request(method, f"{self.address.path}{path}", body, headers | self._who())
            response = link.getresponse()
            content = _whole(response)
            self._keep(link, response)
            return read(response.status, content)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._drop()
            return Answer(Outcome.UNKNOWN, status=_trouble(error))

    def _who(self):
        """The password alone is a bearer token."""
        user, password = self.address.user, self.address.password
        if not password:
            return {}
        if not user:
            return {"Authorization": f"Bearer {password}"}
        return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}

    def _link(self, deadline):
        link = getattr(self._kept, "link", None)
        if link and time.monotonic() < self._kept.until and not link.sock.stale:
            link.sock.deadline = deadline
            return link
        self._drop()
        return self._connected(deadline)

    def _connected(self, deadline):
        port = self.address.port or (443 if self._trust else 80)
        plain = socket.create_connection((self.address.host, port), deadline.left())
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._trust:
                plain = self._trust.wrap_socket(plain, server_hostname=self.address.host)
        except BaseException:
            plain.close()
            raise
        link = http.client.HTTPConnection(self.address.host, self.address.port)
        link.sock = Wire(plain, deadline)
        self._kept.link = link
        return link

    def _keep(self, link, response):
        self._kept.until = time.monotonic() + IDLE
        if response.will_close or not response.isclosed():
            self._drop()

    def _drop(self):
        link = self._kept.__dict__.pop("link", None)
        if link:
            link.close()


ABSENT = "absent"  # what `_known` says to `query`


def _taken(status, content) -> Answer:
    """What an answer to a message means."""
    said = _read(content)
    if 200 <= status < 300:
        outcome = Outcome.ACCEPTED
    elif status >= 500 or status < 200:
        outcome = Outcome.UNKNOWN  # it had the whole message
    else:
        outcome = Outcome.REFUSED if status in REFUSALS else Outcome.BUSY
    return Answer(outcome, _ref(said), str(status), _text(content))


def _known(status, content, ref) -> Answer:
    """What an answer to a question means. "Never seen" counts only when the gateway itself says so of this `ref`."""
    said = _read(content)
    if status == 404 and said.get("ref") == ref and said.get("status") == "unknown":
        return Answer(Outcome.UNKNOWN, status=ABSENT)
    if status != 200 or said.get("ref") != ref:
        return Answer(Outcome.UNKNOWN, status=str(status), text=_text(content))
    outcome = Outcome.REFUSED if said.get("status") == "refused" else Outcome.ACCEPTED
    return Answer(outcome, _ref(said), storable(str(said.get("status", "")))[:40], _text(content))


def _whole(response) -> bytes:
    """The body; ValueError for one without end, and for an answer that was cut off, in its head or later."""
    content = response.read(MOST + 1)
    if len(content) > MOST or response.length:
        raise ValueError
    nothing = not content and response.length is None and not response.chunked
    if nothing and response.status != http.client.NO_CONTENT:
        raise ValueError  # a head that was cut looks like a whole one
    return content


def _read(content) -> dict:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _ref(said) -> str:
    return storable(str(said.get("id") or ""))[:100]


def _text(content) -> str:
    return storable(content.decode(errors="replace"))[:KEPT]


def _trouble(error) -> str:
    return "timeout" if isinstance(error, TimeoutError) else "broken"
