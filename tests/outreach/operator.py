"""An operator's SMS centre as another firm would write it: an HTTP server with a book of what it has taken."""

import json
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Operator:
    """`behave(n)` says what happens to the nth message: a status, or the name of a misfortune of `Handler`.

    What is in `arrived` (ref, to, text) is what phones got. `idempotent`: the same ref arrives once.
    """

    behave: object = lambda n: 202
    idempotent: bool = False
    queryable: bool = False
    arrived: list = field(default_factory=list)
    came: list = field(default_factory=list)  # every message as it was handed over
    asked: list = field(default_factory=list)  # refs that were asked about
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, **options):
        flags = {"idempotent": int(self.idempotent), "queryable": int(self.queryable), "timeout": 2, "grace": 0.2}
        query = "&".join(f"{name}={value}" for name, value in (flags | options).items())
        return f"http://127.0.0.1:{self.port}?{query}"

    @property
    def refs(self):
        return [one["ref"] for one in self.arrived]

    def take(self, said):
        if not (self.idempotent and said["ref"] in self.refs):
            self.arrived.append(said)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        operator = self.server.operator
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            return None  # its sender was killed in the middle of it
        said = json.loads(body)
        with operator.lock:
            operator.came.append(said)
            what = operator.behave(len(operator.came))
            if what == 202 or isinstance(what, str):
                operator.take(said)
        return getattr(self, what)() if isinstance(what, str) else self.answer(what, {"id": f"g-{said['ref']}"})

    def do_GET(self):
        operator, ref = self.server.operator, self.path.rpartition("/")[2]
        with operator.lock:
            operator.asked.append(ref)
            known = ref in operator.refs
        if known:
            return self.answer(200, {"ref": ref, "id": f"g-{ref}", "status": "accepted"})
        return self.answer(404, {"ref": ref, "status": "unknown"})

    def answer(self, status, said):
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def taken_then_reset(self):
        """The message arrives and the line breaks without a word."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def taken_then_500(self):
        self.answer(500, {})

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


@contextmanager
def operating(**options):
    """An operator on a free port for the length of the block."""
    operator = Operator(**options)
    server = Server(("127.0.0.1", 0), Handler)
    server.operator, operator.port = operator, server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield operator
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
