"""The centre's door: HTTP JSON as docs/gateways.md has it, and the levers of the person who plays with it."""

import re
import socket
import struct
import time

from door import plain
from door.plain import Wrong
from outreach.simulator.behaviour import ARRIVES, TAKES, Behaviour
from outreach.simulator.book import Book
from outreach.simulator.telling import Teller, report_now

LONGEST = 2000  # characters of a reply
ROUTES = [
    ("POST", re.compile(r"/messages"), "message"),
    ("GET", re.compile(r"/messages/([^/]{1,100})"), "status"),
    ("GET", re.compile(r"/log"), "log"),
    ("GET", re.compile(r"/log/(\d{1,18})"), "log"),
    ("GET", re.compile(r"/phones/([^/]{1,200})"), "phone"),
    ("POST", re.compile(r"/phones/([^/]{1,200})/reply"), "reply"),
    ("GET", re.compile(r"/control"), "levers"),
    ("POST", re.compile(r"/control"), "pull"),
]


class Centre(plain.Server):
    def __init__(self, listener: socket.socket, book: Book, behaviour: Behaviour, teller: Teller):
        super().__init__(listener, Door)
        self.book, self.behaviour, self.teller = book, behaviour, teller


class Door(plain.Door):
    routes = ROUTES

    def message(self):
        said = _message(self.body())
        kind = self.server.behaviour.next_for(said["to"])
        made = self.take(said, kind) if kind in TAKES else ""
        getattr(self, f"do_{kind}", self.accepted)(said, made)

    def take(self, said, kind):
        """A report comes by itself, but of what is lost; one that comes first is told before the answer."""
        levers = self.server.behaviour
        status = "undelivered" if kind == "undelivered" else "delivered"
        report = None if kind in ("lose", "report_first") else (status, levers.report_after)
        made = self.server.book.take(said, once=levers.idempotent, arrives=kind in ARRIVES, report=report)
        if kind == "report_first":
            report_now(self.server.teller, {"id": made, "ref": said["ref"], "status": "delivered"})
        return made

    def accepted(self, said, made):
        self.answer(202, {"id": made, "ref": said["ref"], "status": "accepted"})

    def do_delay(self, said, made):
        time.sleep(self.server.behaviour.delay)
        self.accepted(said, made)

    def do_refuse(self, said, _made):
        self.answer(422, {"ref": said["ref"], "status": "refused", "error": "this number is not served"})

    def do_throttle(self, _said, _made):
        self.answer(429, {"error": "too many messages"})

    def do_error(self, _said, _made):
        self.answer(500, {"error": "something broke before"})

    def do_error_after(self, _said, _made):
        self.answer(500, {"error": "something broke after"})

    def do_timeout(self, _said, _made):
        """Silence until the caller hangs up."""
        self.close_connection = True
        self.connection.settimeout(self.server.behaviour.hold)
        while self.connection.recv(1024):
            pass

    def do_reset(self, _said, _made):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise ConnectionAbortedError

    def do_drop(self, said, made):
        self.do_reset(said, made)

    def do_cut(self, _said, _made):
        self.wfile.write(b'HTTP/1.1 202 Accepted\r\nContent-Length: 200\r\n\r\n{"id": "')
        self.wfile.flush()
        self.do_reset(None, None)

    def status(self, ref):
        if not self.server.behaviour.queryable:
            return self.answer(501, {"error": "this centre cannot be asked"})
        known = self.server.book.known(ref)
        return self.answer(200, known) if known else self.answer(404, {"ref": ref, "status": "unknown"})

    def log(self, after="0"):
        self.answer(200, {"received": self.server.book.log(int(after))})

    def phone(self, number):
        self.answer(200, self.server.book.phone(number))

    def reply(self, number):
        text = self.body().get("text")
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            raise Wrong("text is missing or too long")
        made = self.server.book.reply(number, text)
        self.server.teller.rung.set()
        self.answer(202, {"id": made})

    def levers(self):
        self.answer(200, self.server.behaviour.shown())

    def pull(self):
        self.server.behaviour.change(self.body())
        self.levers()


def _message(said):
    named = {name: said.get(name) for name in ("ref", "channel", "to", "text")}
    wrong = [name for name, value in named.items() if not isinstance(value, str) or not value]
    if wrong:
        raise Wrong(f"missing or no text: {', '.join(wrong)}")
    return named | {"subject": str(said.get("subject", ""))}
