"""E-mail by SMTP: plain text in UTF-8, one connection for each message."""

import smtplib
import ssl
import time
from contextlib import closing, suppress
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime

from outreach.gateways import Answer, Gateway, Outcome, storable
from outreach.gateways.address import BadAddress
from outreach.gateways.wire import Deadline

KEPT = 500  # characters of an answer


class MailGateway(Gateway):
    """Its answers are final: SMTP can neither be asked again nor told twice."""

    OPTIONS = frozenset({"from", "sender", "starttls", "unsubscribe"})

    def __init__(self, channel, address):
        """`from`: our mailbox, `sender`: the name beside it, `unsubscribe`: the mailbox that takes refusals."""
        super().__init__(channel, address)
        self.own = _mailbox(address.options.get("sender", ""), address.options.get("from", ""))
        self.unsubscribe = address.options.get("unsubscribe", self.own.addr_spec)
        _mailbox("", self.unsubscribe)
        self.starttls = address.flag("starttls", default=address.scheme == "smtp")
        self._trust = ssl.create_default_context()

    def send(self, *, ref, to, text, subject="", marketing=False) -> Answer:
        began = time.monotonic()
        (outcome, status, said), left = self._sent(ref, to, text, subject, marketing)
        return Answer(outcome, "", str(status), said[:KEPT], round((time.monotonic() - began) * 1000), left)

    def query(self, ref):
        return Answer(Outcome.UNKNOWN, status="blind")

    def _sent(self, ref, to, text, subject, marketing):
        """(outcome, status, what was said), and whether anything has left."""
        try:
            letter = self._letter(ref, to, text, subject, marketing)
        except ValueError:
            return (Outcome.REFUSED, "address", ""), False
        deadline = Deadline(self.timeout)
        try:
            server = self._connected(deadline)
        except (OSError, smtplib.SMTPException) as error:
            return (Outcome.BUSY, *_said(error)), False
        with closing(server):
            return self._handed_over(server, deadline, to, letter), True

    def _letter(self, ref, to, text, subject, marketing) -> bytes:
        letter = EmailMessage(policy=SMTP)
        letter["From"], letter["To"], letter["Subject"] = self.own, _mailbox("", to), subject
        letter["Date"] = format_datetime(localtime())
        letter["Message-ID"] = f"<{ref}@{self.own.domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        if marketing:
            letter["List-Unsubscribe"] = f"<mailto:{self.unsubscribe}?subject=unsubscribe>"
        letter.set_content(text, charset="utf-8", cte="base64")
        return letter.as_bytes()

    def _connected(self, deadline):
        """Signed in. What goes wrong until then is about the connection and not about the message."""
        where = self.address
        if where.scheme == "smtps":
            server = smtplib.SMTP_SSL(where.host, where.port or 465, timeout=self.timeout, context=self._trust)
        else:
            server = smtplib.SMTP(where.host, where.port or 587, timeout=self.timeout)
        try:
            if self.starttls and where.scheme == "smtp":
                server.starttls(context=self._trust)
                server.sock.settimeout(deadline.left())
            if where.user:
                server.login(where.user, where.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _handed_over(self, server, deadline, to, letter):
        """Once the text may have left, silence is not a refusal."""
        leaving = False
        try:
            for step, what in ((server.mail, self.own.addr_spec), (server.rcpt, to)):
                server.sock.settimeout(deadline.left())
                code, said = step(what)
                if not 200 <= code < 300:  # what is wrong with our own address is not the message's fault
                    return Outcome.BUSY if step == server.mail else _outcome(code), code, _text(said)
            server.sock.settimeout(deadline.left())
            leaving = True
            code, said = server.data(letter)
        except smtplib.SMTPDataError as refused:
            return _outcome(refused.smtp_code), *_said(refused)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome.UNKNOWN if leaving else Outcome.BUSY, *_said(error)
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        return _outcome(code), code, _text(said)


def _outcome(code) -> Outcome:
    if 200 <= code < 300:
        return Outcome.ACCEPTED
    if 400 <= code < 500 or code == 530:  # 530: sign in first
        return Outcome.BUSY
    return Outcome.REFUSED if 500 <= code < 600 else Outcome.UNKNOWN


def _said(error):
    """(status, text) of what went wrong."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _text(error.smtp_error)
    return ("tls" if isinstance(error, ssl.SSLError) else "broken"), ""


def _text(said) -> str:
    return storable(said.decode(errors="replace") if isinstance(said, bytes) else str(said))


def _mailbox(name, written) -> Mailbox:
    """A plain ASCII address; `BadAddress` (a ValueError) for anything else."""
    try:
        return Mailbox(name, addr_spec=written.encode("ascii").decode())
    except (ValueError, IndexError, MessageError) as error:
        raise BadAddress("from and unsubscribe are mail addresses, e.g. from=crm@example.com") from error
