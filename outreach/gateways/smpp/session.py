"""A bound connection to the SMS centre, owned by one thread.

Senders put what they want sent in a queue and wait; only the owner touches the socket. No more than `window` requests
are without an answer at once. What the phones say is stored before the centre is told that we have it.
"""

import select
import socket
import time
from collections import deque
from contextlib import suppress

import structlog
from django.db import close_old_connections
from smpplib import consts
from smpplib.exceptions import ConnectionError as Broken
from smpplib.exceptions import PDUError

from outreach.gateways import Answer, Outcome
from outreach.gateways.smpp.asking import THROTTLED, Asking, answer_to
from outreach.gateways.smpp.link import Link

log = structlog.get_logger(__name__)
LOOK = 0.5  # seconds without anything to do
QUIET = 30  # seconds after which the line is tested
REMEMBERED = 600  # seconds in which an answer that comes late is still understood
FIRST_REST, LONGEST_REST = 0.25, 15.0  # seconds without sending after "too fast"
PARTING = 5.0  # seconds to end in order
ENDS = (OSError, Broken, PDUError)


class Session:
    """`heard(pdu)` stores a deliver_sm; `late(ref, answer)` is told of answers nobody waits for any more."""

    def __init__(self, link: Link, *, window: int, heard, late):
        self.link, self.window, self.heard, self.late = link, window, heard, late
        self.queue, self.asked = deque(), {}  # Asking; sequence → (Asking, when)
        self.open, self.last = True, time.monotonic()
        self.rest, self.rest_until, self.tested = 0.0, 0.0, False
        self.bell, self.ear = socket.socketpair()
        self.bell.setblocking(False)

    def submit(self, asking: Asking) -> None:
        """From any thread."""
        self.queue.append(asking)
        with suppress(OSError):  # rung enough, or closed
            self.bell.send(b"!")
        if not self.open:
            self._give_back()

    def serve(self, stop) -> None:
        """Until `stop()`, and then what is under way. Raises one of `ENDS` when the connection ends."""
        try:
            while not stop():
                self._turn()
            self._part()
        finally:
            self._close()

    def _turn(self):
        ready = [self.link] if self.link.waiting else select.select([self.link, self.ear], [], [], LOOK)[0]
        if self.ear in ready:
            self.ear.recv(4096)
        if self.link in ready:
            self._read()
        self._send()
        self._test()

    def _send(self):
        now = time.monotonic()
        while self.queue and now >= self.rest_until and self._under_way() < self.window:
            asking = self.queue.popleft()
            if asking.leaves():
                try:
                    sequence = self.link.ask("submit_sm", **asking.fields)
                except (ValueError, TypeError, UnicodeError):  # no byte has left
                    asking.close(Answer(Outcome.REFUSED, status="form"))
                    continue
                except ENDS:
                    asking.close(Answer(Outcome.UNKNOWN, status="broken"))
                    raise
                self.asked[sequence] = (asking, now)

    def _under_way(self):
        return sum(not asking.given_up for asking, _ in self.asked.values())

    def _read(self):
        pdu = self.link.read_pdu()
        self.last, self.tested = time.monotonic(), False
        if pdu is None:
            return
        if pdu.command in ("submit_sm_resp", "generic_nack"):
            self._answered(pdu)
        elif pdu.command == "deliver_sm":
            self.link.answer("deliver_sm_resp", pdu.sequence, self._stored(pdu))
        elif pdu.command == "enquire_link":
            self.link.answer("enquire_link_resp", pdu.sequence)
        elif pdu.command == "unbind":
            self.link.answer("unbind_resp", pdu.sequence)
            raise Broken("unbound")

    def _answered(self, pdu):
        asking, _ = self.asked.pop(pdu.sequence, (None, None))
        if asking is None:
            return
        answer = answer_to(pdu.status, getattr(pdu, "message_id", None))
        self._pace(pdu.status)
        if not asking.close(answer) and answer.outcome == Outcome.ACCEPTED:
            self._kept(self.late, asking.ref, answer)

    def _pace(self, status):
        if status in THROTTLED:
            self.rest = min(max(self.rest * 2, FIRST_REST), LONGEST_REST)
            self.rest_until = time.monotonic() + self.rest
        elif status == consts.SMPP_ESME_ROK:
            self.rest = 0.0

    def _stored(self, pdu):
        """The status that the centre is answered; it sends again what we could not keep."""
        return consts.SMPP_ESME_ROK if self._kept(self.heard, pdu) else consts.SMPP_ESME_RX_T_APPN

    def _kept(self, keep, *what):
        try:
            close_old_connections()
            keep(*what)
        except Exception as error:
            log.warning("smpp.not_kept", error=type(error).__name__)
            return False
        return True

    def _test(self):
        now = time.monotonic()
        self.asked = {n: (asking, at) for n, (asking, at) in self.asked.items() if now - at < REMEMBERED}
        if now - self.last > 2 * QUIET:
            raise Broken("silent")
        if now - self.last > QUIET and not self.tested:
            self.link.ask("enquire_link")
            self.tested = True

    def _part(self):
        """What waits goes back, what is under way is waited for, then both sides take leave."""
        self.open = False
        self._give_back()
        until = time.monotonic() + PARTING
        while self._under_way() and time.monotonic() < until:
            self._turn()
        with suppress(*ENDS):
            self._take_leave(until)

    def _take_leave(self, until):
        self.link.ask("unbind")
        while time.monotonic() < until:
            if select.select([self.link], [], [], LOOK)[0]:
                pdu = self.link.read_pdu()
                if pdu is not None and pdu.command == "unbind_resp":
                    return

    def _close(self):
        self.open = False
        self._give_back()
        for asking, _ in self.asked.values():
            asking.close(Answer(Outcome.UNKNOWN, status="broken"))
        self.asked = {}
        self.bell.close()
        self.ear.close()
        self.link.disconnect()

    def _give_back(self):
        """None of these has left."""
        with suppress(IndexError):
            while True:
                asking = self.queue.popleft()
                if asking.leaves():
                    asking.close(Answer(Outcome.BUSY, status="unbound", left=False))
