"""An SMS centre over SMPP 3.4 (docs/gateways.md).

A session is long-lived and belongs to one process: each process of a worker holds one, in a thread of its own (`turn`,
in settings.WORKER_TURNS), and its senders hand their messages to it. SMPP knows neither "this one again" nor a question
by our own id, so the gateway is blind: what was not answered is in doubt until a receipt comes or a person decides.
"""

import random
import ssl
import time
from uuid import UUID

import structlog
from django.conf import settings

from jobs.runs import never
from outreach import inbound, reports
from outreach.gateways import Answer, Gateway, Outcome
from outreach.gateways.address import BadAddress
from outreach.gateways.smpp import coding, joining, receipts
from outreach.gateways.smpp.asking import Asking
from outreach.gateways.smpp.link import Link
from outreach.gateways.smpp.session import ENDS, Session
from outreach.gateways.wire import Deadline

log = structlog.get_logger(__name__)
PORTS = {"smpp": 2775, "smpps": 3550}
LONGEST = {"user": 15, "password": 8, "source": 20, "system_type": 12}  # characters (SMPP 3.4, 5.2)
LONGEST_PAUSE = 60.0  # seconds between two tries to bind
ALPHANUMERIC, INTERNATIONAL, ISDN = 5, 1, 1


class SmppGateway(Gateway):
    ADDRESSING = frozenset({"source", "source_ton", "source_npi", "dest_ton", "dest_npi", "prefix"})
    OPTIONS = ADDRESSING | {"system_type", "window", "long", "gsm7", "ids"}

    def __init__(self, channel, address):
        super().__init__(channel, address)
        self.source, self.prefix = address.options.get("source", ""), address.options.get("prefix", "")
        self.system_type = address.options.get("system_type", "")
        self._check_lengths()
        letters = not self.source.isdecimal() and self.source != ""
        self.fixed = {
            "source_addr": self.source,
            "source_addr_ton": address.count("source_ton", ALPHANUMERIC if letters else 0),
            "source_addr_npi": address.count("source_npi", 0 if letters else ISDN),
            "dest_addr_ton": address.count("dest_ton", INTERNATIONAL),
            "dest_addr_npi": address.count("dest_npi", ISDN),
        }
        self.window = max(address.count("window", 10), 1)
        self.payload = address.one_of("long", "parts", "payload") == "payload"
        self.gsm = address.flag("gsm7", default=True)
        self.hex_ids = address.one_of("ids", "same", "hex") == "hex"
        self.context = ssl.create_default_context() if address.scheme == "smpps" else None
        self.session = None  # of this process

    def _check_lengths(self):
        said = {"user": self.address.user, "password": self.address.password}
        said |= {"source": self.source, "system_type": self.system_type}
        for name, value in said.items():
            if len(value) > LONGEST[name] or not value.isascii():
                raise BadAddress(f"{name} has at most {LONGEST[name]} characters, all of them ASCII")

    def send(self, *, ref, to, text, subject="", marketing=False) -> Answer:
        """Part by part; the last one's number is the message's, and only of it a receipt is asked for."""
        began, deadline, left = time.monotonic(), Deadline(self.timeout), False
        try:
            askings = list(self._askings(ref, to, text))
            for asking in askings:
                answer = self._asked(asking, deadline)
                left = left or answer.left
                if answer.outcome != Outcome.ACCEPTED:
                    break
        except ValueError:
            answer = Answer(Outcome.REFUSED, status="form")
        except TimeoutError:
            answer = Answer(Outcome.BUSY, status="window")
        number = self.number_of(answer.gateway_ref)
        ms = round((time.monotonic() - began) * 1000)
        return Answer(answer.outcome, number, answer.status, answer.text, ms, left)

    def _asked(self, asking, deadline):
        session = self.session
        if session is None:
            return Answer(Outcome.BUSY, status="unbound", left=False)
        left = deadline.left()
        session.submit(asking)
        return asking.wait(left)

    def query(self, ref):
        return Answer(Outcome.UNKNOWN, status="blind")

    def _askings(self, ref, to, text):
        fields = self.fixed | {"destination_addr": self._dialled(to)}
        if self.payload:
            data_coding, octets = coding.units(text, self.gsm)
            whole = {"message_payload": b"".join(octets), "data_coding": data_coding, "registered_delivery": 1}
            yield Asking(str(ref), fields | whole)
            return
        data_coding, pieces = coding.parts(text, UUID(str(ref)).bytes[-1], self.gsm)
        fields |= {"data_coding": data_coding, "esm_class": receipts.HEADED if len(pieces) > 1 else 0}
        for n, piece in enumerate(pieces, 1):
            yield Asking(str(ref), fields | {"short_message": piece, "registered_delivery": int(n == len(pieces))})

    def _dialled(self, to):
        digits = to.removeprefix("+")
        number = digits if digits != to else self.prefix + to
        if not (digits.isascii() and digits.isdecimal()) or len(number) > LONGEST["source"]:
            raise ValueError("not a number")
        return number

    def number_of(self, message_id):
        """A centre of `ids=hex` names a message in hexadecimal in its answer, and in decimal in its receipt."""
        try:
            return str(int(message_id, 16)) if self.hex_ids and message_id else message_id
        except ValueError:
            return message_id

    def hold(self, stop) -> None:
        """Bind, and again after a growing pause, until `stop()`."""
        failures = 0
        while not stop():
            try:
                session = self._bound()
                failures, self.session = 0, session
                log.info("smpp.bound", gateway=self.name)
                session.serve(stop)
            except ENDS as error:
                failures += 1
                log.warning("smpp.ended", gateway=self.name, error=type(error).__name__, failures=failures)
                self.session = None
                _pause(min(2.0**failures, LONGEST_PAUSE) * random.uniform(0.5, 1), stop)  # noqa: S311
            finally:
                self.session = None

    def _bound(self):
        link = Link(self.address.host, self.address.port or PORTS[self.address.scheme], self.timeout, self.context)
        try:
            link.connect()
            link.bind_transceiver(
                system_id=self.address.user, password=self.address.password, system_type=self.system_type
            )
        except BaseException:
            link.disconnect()
            raise
        return Session(link, window=self.window, heard=self._heard, late=self._late)

    def _heard(self, pdu):
        if receipts.is_receipt(pdu):
            reports.take(gateway=self.name, ref=None, **receipts.receipt(pdu))
        elif part := receipts.part(pdu):
            joining.take(self.name, self._local(receipts.sender(pdu))[:64], part)
        else:
            said = receipts.letter(pdu)
            inbound.take_unnumbered(gateway=self.name, **said | {"sender": self._local(said["sender"])})

    def _late(self, ref, answer):
        """The centre has it after all, and receipts will name its number."""
        number = self.number_of(answer.gateway_ref)
        reports.take(gateway=self.name, gateway_ref=number, ref=ref, status="pending", raw={"stat": "LATE"})

    def _local(self, sender):
        number = sender.lstrip("+")
        return number.removeprefix(self.prefix) if self.prefix and len(number) > len(self.prefix) + 4 else sender


def _pause(seconds, stop):
    until = time.monotonic() + seconds
    while not stop() and time.monotonic() < until:
        time.sleep(0.1)


def turn(stop=never) -> int:
    """Hold this process's session for as long as it lives; nothing to do where no centre is configured."""
    from outreach.gateways.registry import gateway_for

    if settings.GATEWAYS.get("sms", "").startswith("smpp"):
        gateway_for("sms").hold(stop)
    return 0
