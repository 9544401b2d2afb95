"""Another system that is told of events, and misbehaves; it keeps a book of what came."""

import random
import socket
import struct
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MISBEHAVES = 0.15


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, seed):
        super().__init__(("127.0.0.1", 0), Answer)
        self.chance, self.lock = random.Random(seed), threading.Lock()
        self.came = Counter()  # how often each webhook-id came
        self.faults = Counter()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def take(self, key):
        """Note what came; None to answer well, or the name of a fault."""
        with self.lock:
            self.came[key] += 1
            if self.chance.random() >= MISBEHAVES:
                return None
            name = self.chance.choice(("refuse", "reset", "dawdle"))
            self.faults["webhook receiver", name] += 1
            return name

    def handle_error(self, request, client_address):
        pass  # whoever called was killed


class Answer(BaseHTTPRequestHandler):
    """Refuses, breaks off or keeps the caller waiting, each time after it has taken what was sent."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        if len(self.rfile.read(length)) < length:
            return None  # its sender was killed in the middle of it
        fault = self.server.take(self.headers["webhook-id"])
        return getattr(self, fault)() if fault else self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def refuse(self):
        self.answer(random.choice((302, 429, 500, 503)))

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def dawdle(self):
        """Longer than the sender's patience."""
        time.sleep(2)
        self.answer(200)

    def log_message(self, *args):
        pass
