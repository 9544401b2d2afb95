"""smpplib's client with what a long-lived session needs: TLS, IPv6, and no end by one message that cannot be read."""

import socket
import struct

import structlog
from smpplib import consts, exceptions, smpp
from smpplib.client import Client

log = structlog.get_logger(__name__)
HEAD = struct.Struct(">LLLL")  # length, command, status, sequence
LONGEST = 128 * 1024  # bytes of one PDU
DELIVER_SM, RESPONSE = 0x05, 0x80000000


class Link(Client):
    """One connection to an SMS centre. Used by one thread."""

    def __init__(self, host, port, timeout, context=None):
        super().__init__(host, port, timeout, logger_name="smpp", allow_unknown_opt_params=True)
        self.context = context

    def connect(self):
        """Raises OSError."""
        plain = socket.create_connection((self.host, self.port), self.timeout)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = self.context.wrap_socket(plain, server_hostname=self.host) if self.context else plain
        except BaseException:
            plain.close()
            raise
        self.state = consts.SMPP_CLIENT_STATE_OPEN

    def disconnect(self):
        self.state = consts.SMPP_CLIENT_STATE_CLOSED
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def fileno(self):
        return self._socket.fileno()

    @property
    def waiting(self) -> bool:
        """TLS has read something already that select does not see."""
        return bool(self.context and self._socket.pending())

    def read_pdu(self):
        """The next PDU; None for one that cannot be read and was answered so. OSError or ConnectionError at the end."""
        head = self._recv_exact(HEAD.size)
        length, command, status, sequence = HEAD.unpack(head)
        if not HEAD.size <= length <= LONGEST:
            raise exceptions.ConnectionError
        raw = head + self._recv_exact(length - HEAD.size)
        try:
            pdu = smpp.parse_pdu(raw, client=self, allow_unknown_opt_params=True)
        except Exception:
            log.warning("smpp.unreadable", command=command, status=status)
            self._refuse(command, sequence)
            return None
        if not pdu.is_error():
            self.state = consts.STATE_SETTERS.get(pdu.command, self.state)
        return pdu

    def _refuse(self, command, sequence):
        if command & RESPONSE:
            return
        name = "deliver_sm_resp" if command == DELIVER_SM else "generic_nack"
        status = consts.SMPP_ESME_RX_R_APPN if command == DELIVER_SM else consts.SMPP_ESME_RINVCMDID
        self.answer(name, sequence, status)

    def answer(self, name, sequence, status=consts.SMPP_ESME_ROK):
        response = smpp.make_pdu(name, client=self, status=status)
        response.sequence = sequence
        self.send_pdu(response)

    def ask(self, name, **fields) -> int:
        """Send a request; its sequence number."""
        request = smpp.make_pdu(name, client=self, **fields)
        self.send_pdu(request)
        return request.sequence
