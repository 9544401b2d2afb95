"""The centre's door: HTTP JSON as docs/gateways.md has it, and the levers of the person who plays with it."""

import json
import re
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from outreach.simulator.behaviour import ARRIVES, TAKES, Behaviour, Wrong
from outreach.simulator.book import Book
from outreach.simulator.telling import Teller, report_now

MOST = 64 * 1024  # bytes of a body
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


def listening(port: int | None = None, fd: int | None = None) -> socket.socket:
    """On this machine only; `fd` is a socket that listens already."""
    return socket.create_server(("127.0.0.1", port or 0), backlog=256) if fd is None else socket.socket(fileno=fd)


class Centre(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, book: Book, behaviour: Behaviour, teller: Teller):
        super().__init__(listener.getsockname(), Door, bind_and_activate=False)
        self.socket.close()
        self.socket, self.server_port = listener, listener.getsockname()[1]
        self.book, self.behaviour, self.teller = book, behaviour, teller

    def handle_error(self, request, client_address):
        pass  # whoever called has gone


class BadBody(ValueError):
    pass


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece

    def do_GET(self):
        self._routed("GET")

    def do_POST(self):
        self._routed("POST")

    def _routed(self, method):
        for verb, pattern, name in ROUTES:
            found = pattern.fullmatch(self.path) if verb == method else None
            if found:
                return self._tried(getattr(self, name), [unquote(part) for part in found.groups()])
        self.close_connection = True
        return self.answer(404, {"error": "there is nothing here"})

    def _tried(self, action, parts):
        try:
            action(*parts)
        except (BadBody, Wrong) as error:
            self.answer(400, {"error": str(error)})

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
            raise BadBody("text is missing or too long")
        made = self.server.book.reply(number, text)
        self.server.teller.rung.set()
        self.answer(202, {"id": made})

    def levers(self):
        self.answer(200, self.server.behaviour.shown())

    def pull(self):
        self.server.behaviour.change(self.body())
        self.levers()

    def body(self) -> dict:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST:
            self.close_connection = True
            raise BadBody("the body has no length, or is too large")
        content = self.rfile.read(int(length))
        if len(content) < int(length):
            raise ConnectionAbortedError  # the caller died in the middle of it
        try:
            said = json.loads(content)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise BadBody("the body is no JSON object")
        return said

    def answer(self, status, said):
        content = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass  # addresses hold numbers


def _message(said):
    named = {name: said.get(name) for name in ("ref", "channel", "to", "text")}
    wrong = [name for name, value in named.items() if not isinstance(value, str) or not value]
    if wrong:
        raise BadBody(f"missing or no text: {', '.join(wrong)}")
    return named | {"subject": str(said.get("subject", ""))}
