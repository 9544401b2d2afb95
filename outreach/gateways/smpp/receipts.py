"""What an SMS centre tells us in deliver_sm: what became of a message, or what a person wrote."""

import hashlib
import re

from outreach.gateways.smpp import coding

RECEIPT, KIND = 0x04, 0x3C  # esm_class
HEADED = 0x40
STATES = {
    "DELIVRD": "delivered", "UNDELIV": "undelivered", "EXPIRED": "undelivered", "DELETED": "undelivered",
    "REJECTD": "undelivered", "ACCEPTD": "pending", "ENROUTE": "pending", "UNKNOWN": "pending",
}  # fmt: skip
NUMBERED = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
FIELD = re.compile(r"(id|stat|err):\s*(\S+)", re.IGNORECASE)


def is_receipt(pdu) -> bool:
    return (pdu.esm_class or 0) & KIND == RECEIPT or bool(pdu.receipted_message_id)


def content_of(pdu) -> bytes:
    return pdu.short_message or pdu.message_payload or b""


def receipt(pdu) -> dict:
    """{gateway_ref, status, raw}; the parameters go before the text, whose form is custom and no standard."""
    said = {name.lower(): value for name, value in FIELD.findall(content_of(pdu).decode("latin-1"))}
    number = pdu.receipted_message_id.decode("latin-1") if pdu.receipted_message_id else said.get("id", "")
    state = NUMBERED.get(pdu.message_state) or said.get("stat", "").upper()[:7]
    raw = {"stat": state, "err": said.get("err", "")[:20]}
    return {"gateway_ref": number[:65], "status": STATES.get(state, "pending"), "raw": raw}


def letter(pdu) -> dict:
    """{words, sender, text} of what a person wrote: SMPP has no id for it, only what it says (`words`, a digest)."""
    content = content_of(pdu)
    known = b"|".join([pdu.source_addr or b"", pdu.destination_addr or b"", content])
    text = coding.read(content, pdu.data_coding or 0, bool((pdu.esm_class or 0) & HEADED))
    sender = (pdu.source_addr or b"").decode("latin-1")
    return {"words": hashlib.sha256(known).hexdigest()[:40], "sender": sender, "text": text}
