"""One HTTP call to a checked address, bounded in time and size.

The standard library's client on a socket of our own: nothing here follows redirects, reads proxies from the
environment, asks the name server again or keeps connections, and the socket is at hand to be cut when time is over.
"""

import http.client
import socket
import ssl
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from threading import Timer

from django.conf import settings

from webhooks.destinations import Refused, destination

CONNECT = 5  # seconds for a connection
WHOLE = 15  # seconds for everything after the name is resolved
KEPT = 1024  # bytes kept of an answer's body
TRIED = 2  # addresses of a name
GOOD = range(200, 300)
GONE = 410


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or the trouble (a value of Attempt.Trouble) that kept it from coming."""

    status: int | None = None
    body: str = ""
    error: str = ""
    ms: int = 0
    wait: int | None = None  # seconds the receiver asks us to wait (Retry-After)

    @property
    def good(self):
        return self.status in GOOD


def call(url: str, headers: dict, body: bytes) -> Answer:
    """POST `body` to `url`. Never raises for what the other side does."""
    began = time.monotonic()
    found = _tried(url, headers, body)
    return Answer(**found, ms=round((time.monotonic() - began) * 1000))


def _tried(url, headers, body):
    late = []
    try:
        there = destination(url)
        return _exchange(there, there.resolve(), headers, body, late)
    except Refused as refused:
        return {"error": "host" if refused.code == "form" else refused.code}
    except ConnectionRefusedError:
        return {"error": "connect"}
    except TimeoutError:
        return {"error": "timeout"}
    except ssl.SSLCertVerificationError:
        return {"error": "tls"}
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {"error": "timeout" if late else "tls" if isinstance(error, ssl.SSLError) else "broken"}


def _exchange(there, addresses, headers, body, late):
    with _connected(addresses) as plain, _cut_when_late(plain, late):
        link = http.client.HTTPConnection(there.name, there.port)
        link.sock = _secured(plain, there)
        try:
            link.request("POST", there.target, body, {"Host": there.host_header, "Connection": "close"} | headers)
            response = link.getresponse()
            if late:  # a cut head looks like a whole one
                raise TimeoutError
            wait = response.getheader("Retry-After", "")
            return {
                "status": response.status,
                "body": _beginning(response),
                "wait": int(wait) if wait.isdecimal() and len(wait) < 7 else None,
            }
        finally:
            link.close()


@contextmanager
def _connected(addresses):
    """A socket to the first address that takes it. These addresses were checked; no name is looked up again."""
    for family, at in addresses[:TRIED]:
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.settimeout(CONNECT)
        try:
            plain.connect(at)
            break
        except OSError as error:
            plain.close()
            failed = error
    else:
        raise failed
    plain.settimeout(WHOLE)
    with plain:
        yield plain


@contextmanager
def _cut_when_late(plain, late):
    """Time-outs of a socket begin anew with every byte; this one does not. A duplicate, as TLS takes the other over."""
    held = plain.dup()

    def cut():
        late.append(True)
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)

    timer = Timer(WHOLE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        held.close()


@lru_cache(maxsize=2)
def _trust(file):
    return ssl.create_default_context(cafile=file or None)


def _secured(plain, there):
    if there.scheme == "http":
        return plain
    return _trust(settings.WEBHOOK_CA_FILE).wrap_socket(plain, server_hostname=there.name)


def _beginning(response):
    """The status is the answer; of the body as much as comes."""
    body = b""
    with suppress(OSError, http.client.HTTPException, ValueError):
        while len(body) < KEPT and (piece := response.read1(KEPT - len(body))):
            body += piece
    return body.decode(errors="replace").replace("\0", "\ufffd")
