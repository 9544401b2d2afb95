"""A receiver as another firm would write it: an HTTP server that checks signatures by the published recipe."""

import base64
import hashlib
import hmac
import socket
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 300  # seconds


def verify(secret, headers, body):
    """Standard Webhooks, written from its specification alone; an AssertionError for what must not be believed."""
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    assert abs(time.time() - int(timestamp)) < TOLERANCE, "too old or too young"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest())
    given = [one.split(",", 1)[1] for one in headers["webhook-signature"].split() if one.startswith("v1,")]
    assert any(hmac.compare_digest(one.encode(), wanted) for one in given), "not signed by the secret"


@dataclass
class Receiver:
    """What came in, and what is answered: `behave(n)` gives a status, or the name of a misfortune."""

    behave: object = lambda n: 200
    headers: dict = field(default_factory=dict)  # of the answer
    body: bytes = b"thanks"
    came: list = field(default_factory=list)  # (headers, body, path)
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/events"

    @property
    def host(self):
        """The entry of WEBHOOK_HOSTS."""
        return f"http://127.0.0.1:{self.port}!private"

    @property
    def ids(self):
        return [headers["webhook-id"] for headers, _body, _path in self.came]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            return None  # its sender was killed in the middle of it
        with receiver.lock:
            receiver.came.append((dict(self.headers.items()), body, self.path))
            answer = receiver.behave(len(receiver.came))
        if isinstance(answer, str):
            return getattr(self, answer)()
        self.send_response(answer)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(receiver.body)))
        self.end_headers()
        self.wfile.write(receiver.body)
        return None

    def reset(self):
        """Accept everything, then break off without a word."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def close(self):
        self.connection.shutdown(socket.SHUT_RDWR)

    def drip(self):
        """A header a byte at a time, without end."""
        with_end = time.monotonic() + 30
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while time.monotonic() < with_end:
                self.wfile.write(b"a")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def endless(self):
        """A good answer whose body never ends."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def garbage(self):
        self.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n")

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


@contextmanager
def receiving(behave=lambda n: 200, port=0, wrap=None, **options):
    """A receiver on a free port (or `port`) for the length of the block."""
    receiver = Receiver(behave=behave, **options)
    server = Server(("127.0.0.1", port), Handler)
    if wrap:
        server.socket = wrap(server.socket)
    server.receiver, receiver.port = receiver, server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
