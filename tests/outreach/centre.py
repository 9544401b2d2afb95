"""The simulator in a thread of the test, and a server that breaks the rules of HTTP."""

import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress

from django.conf import settings

from door.plain import listening
from outreach import signing
from outreach.gateways.registry import made
from outreach.simulator.behaviour import Behaviour
from outreach.simulator.book import Book
from outreach.simulator.server import Centre
from outreach.simulator.telling import Teller

NOWHERE = "http://127.0.0.1:9"


@contextmanager
def running(folder, product=NOWHERE, **levers):
    """The simulator, telling `product`; `levers` as its control takes them."""
    book, behaviour = Book(folder / "book.sqlite3"), Behaviour()
    behaviour.change({"report_after": 0, "delay": 0.3, "hold": 5} | levers)
    teller = Teller(book, product, signing.secret(settings.GATEWAY_KEY, "simulator"), "simulator")
    centre = Centre(listening(), book, behaviour, teller)
    thread = threading.Thread(target=centre.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    for each in (thread, teller):
        each.start()
    try:
        yield centre
    finally:
        centre.shutdown()
        centre.server_close()
        thread.join()
        teller.halt()
        book.close()


def address(centre, **options):
    port = centre if isinstance(centre, int) else centre.server_port
    options = {"name": "simulator", "idempotent": 1, "queryable": 1, "timeout": 1} | options
    return f"http://127.0.0.1:{port}?" + "&".join(f"{name}={value}" for name, value in options.items())


def gateway(centre, **options):
    made.cache_clear()
    return made("sms", address(centre, **options))


@contextmanager
def answering(*answers):
    """A raw server: for each request the bytes of one answer, then the connection ends; a callable does as it likes.

    Yields (port, requests); a request is the bytes that came.
    """
    listener, requests = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        for answer in answers:
            with suppress(OSError):
                link, _ = listener.accept()
                with link:
                    requests.append(whole_request(link))
                    answer(link) if callable(answer) else link.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], requests
    finally:
        listener.close()
        thread.join(5)


def whole_request(link):
    came = b""
    while b"\r\n\r\n" not in came:
        came += link.recv(65536)
    head, _, body = came.partition(b"\r\n\r\n")
    lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0].split(b":")[1]):
        body += link.recv(65536)
    return head + b"\r\n\r\n" + body


def reset(link):
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(link):
    """A header a byte at a time, longer than anybody waits."""
    link.sendall(b"HTTP/1.1 202 Accepted\r\nX-Slow: ")
    with suppress(OSError):
        for _ in range(100):
            link.sendall(b"a")
            time.sleep(0.05)


def waited(found, seconds=10):
    """The first true value of `found()`; an assertion when it never comes."""
    until = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)
    return value
