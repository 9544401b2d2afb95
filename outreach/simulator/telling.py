"""Reports and replies on their way to the product: signed, and repeated until it takes them."""

import http.client
import json
import threading
import time
import uuid
from urllib.parse import urlsplit

from outreach import signing
from outreach.simulator.book import Book

TIMEOUT = 10  # seconds
PAUSE = 0.2  # seconds between two looks
GIVEN_UP = {400, 413, 422}  # it will never take this one


class Teller(threading.Thread):
    """Tells the product what is due, one after the other, until `halt()`."""

    def __init__(self, book: Book, product: str, secret: str, name: str):
        """`product`: its address, e.g. http://localhost:8000; `name`: what it calls this gateway."""
        super().__init__(name="teller", daemon=True)
        self.book, self.product, self.gateway, self.secret = book, urlsplit(product), name, secret
        self.halted, self.rung = threading.Event(), threading.Event()

    def run(self):
        while not self.halted.is_set():
            self.rung.wait(PAUSE)
            self.rung.clear()
            self.tell_due()

    def halt(self):
        self.halted.set()
        self.rung.set()
        self.join(TIMEOUT)

    def tell_due(self) -> None:
        for owed in self.book.due():
            if self.halted.is_set():
                return
            self.book.told(owed["n"], self.tell(owed["kind"], owed["body"].encode()))

    def tell(self, kind: str, body: bytes) -> bool:
        """Whether the product is done with it."""
        headers = signing.headers(self.secret, f"msg_{uuid.uuid4().hex}", int(time.time()), body)
        secured = self.product.scheme == "https"
        link = (http.client.HTTPSConnection if secured else http.client.HTTPConnection)(
            self.product.hostname, self.product.port, timeout=TIMEOUT
        )
        try:
            path = f"{self.product.path.rstrip('/')}/gateways/{self.gateway}/{kind}/"
            link.request("POST", path, body, {"Content-Type": "application/json"} | headers)
            status = link.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()
        return 200 <= status < 300 or status in GIVEN_UP


def report_now(teller: Teller, said: dict) -> None:
    """Before the answer to the message itself has left."""
    teller.tell("reports", json.dumps(said).encode())
