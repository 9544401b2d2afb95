"""One submit_sm between the thread that wants it sent and the thread that owns the connection."""

import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field

from smpplib import consts

from outreach.gateways import Answer, Outcome, storable

# The message itself is not wanted. Everything else is about the pace, our rights, or the centre's own trouble.
REFUSALS = {
    consts.SMPP_ESME_RINVMSGLEN,
    consts.SMPP_ESME_RINVDSTADR,
    consts.SMPP_ESME_RINVDSTTON,
    consts.SMPP_ESME_RINVDSTNPI,
    consts.SMPP_ESME_RX_P_APPN,
    consts.SMPP_ESME_RX_R_APPN,
}
THROTTLED = {consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL}


@dataclass
class Asking:
    """Until it is on its way it can be taken back; afterwards only an answer says what became of it."""

    ref: str
    fields: dict  # of the PDU
    future: Future = field(default_factory=Future)
    lock: threading.Lock = field(default_factory=threading.Lock)
    given_up: bool = False  # nobody waits any more

    def wait(self, seconds: float) -> Answer:
        try:
            return self.future.result(seconds)
        except Late:
            with self.lock:
                if self.future.done():
                    return self.future.result()
                if self.future.cancel():
                    return Answer(Outcome.BUSY, status="window", left=False)
                self.given_up = True
                return Answer(Outcome.UNKNOWN, status="timeout")

    def leaves(self) -> bool:
        """It goes on its way now, unless it was taken back."""
        return self.future.set_running_or_notify_cancel()

    def close(self, answer: Answer) -> bool:
        """Whether somebody still waited for it."""
        with self.lock:
            if not self.future.cancelled():
                self.future.set_result(answer)
            return not self.given_up


def answer_to(status: int, message_id: bytes | None) -> Answer:
    """What a submit_sm_resp means."""
    if status == consts.SMPP_ESME_ROK:
        return Answer(Outcome.ACCEPTED, storable((message_id or b"").decode("latin-1"))[:65], "0")
    said = consts.DESCRIPTIONS.get(status, "")
    return Answer(Outcome.REFUSED if status in REFUSALS else Outcome.BUSY, status=f"0x{status:08x}", text=said)
