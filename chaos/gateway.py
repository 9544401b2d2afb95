"""The gateways under fire: one that knows a message again, one that can be asked, one that is blind, and a plain one.

The book is the truth that the checker compares with the outbox: which reference was taken how often. What a gateway
answers, if it answers, is drawn for every call.
"""

import json
import random
import socket
import struct
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MISBEHAVES = 0.15
PATIENCE, GRACE = 1, 2  # seconds a sender waits, and until a message it gave up on is certainly in the book
IDEMPOTENT, QUERYABLE, BLIND, CONTROL = "idempotent", "queryable", "blind", "control"
WAYS = {"sms": IDEMPOTENT, "email": QUERYABLE, "blind": BLIND}  # channel: what its gateway is


class Gateways(ThreadingHTTPServer):
    """All of them at one port, told apart by the first part of the path."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, seed):
        super().__init__(("127.0.0.1", 0), Call)
        self.chance, self.lock = random.Random(seed), threading.Lock()
        self.book = defaultdict(Counter)  # kind: how often each reference was taken as a message of its own
        self.faults, self.calm = Counter(), True  # behaves until the faults begin
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def address(self, kind):
        """As GATEWAY_SMS would give it."""
        flag = f"&{kind}=1" if kind in (IDEMPOTENT, QUERYABLE) else ""
        return f"http://127.0.0.1:{self.server_port}/{kind}?timeout={PATIENCE}&grace={GRACE}{flag}"

    def take(self, kind, ref):
        """Another message for a phone, unless this gateway knows it again."""
        with self.lock:
            if kind != IDEMPOTENT or not self.book[kind][ref]:
                self.book[kind][ref] += 1

    def knows(self, kind, ref):
        with self.lock:
            return bool(self.book[kind][ref])

    def mood(self, kind):
        """None to answer well, or the name of a fault."""
        with self.lock:
            if self.calm or self.chance.random() >= MISBEHAVES:
                return None
            name = self.chance.choice(("busy", "reset", "reset_after", "broken_after", "dawdle_after", "slow"))
            self.faults[f"{kind} gateway", name] += 1
            return name

    def handle_error(self, request, client_address):
        pass  # whoever called was killed


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece: two would wait for each other's acknowledgement

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        if len(self.rfile.read(length)) < length:
            return None  # its sender was killed in the middle of it
        kind, ref = self.path.split("/")[1], self.headers["Idempotency-Key"]
        mood = self.server.mood(kind)
        if mood == "busy":
            return self.answer(429, {"status": "throttled"})
        if mood == "reset":
            return self.reset()
        self.server.take(kind, ref)
        return getattr(self, mood or "accept")(ref)

    def do_GET(self):
        kind, _, ref = self.path.strip("/").split("/")
        known = self.server.knows(kind, ref)
        self.answer(200 if known else 404, {"ref": ref, "id": ref, "status": "accepted" if known else "unknown"})

    def accept(self, ref):
        self.answer(202, {"id": ref, "status": "accepted"})

    def slow(self, ref):
        time.sleep(0.3)
        self.accept(ref)

    def broken_after(self, ref):
        self.answer(503, {})

    def dawdle_after(self, ref):
        """Longer than the sender's patience."""
        time.sleep(2 * PATIENCE)
        self.accept(ref)

    def reset_after(self, ref):
        self.reset()

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def answer(self, status, said):
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
