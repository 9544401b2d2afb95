"""What an SMS centre tells us in deliver_sm: what became of a message, or what a person wrote."""

import hashlib
import re

from outreach.gateways import storable
from outreach.gateways.smpp import coding
from outreach.gateways.smpp.joining import Part

RECEIPT, KIND = 0x04, 0x3C  # esm_class
HEADED = 0x40
STATES = {
    "DELIVRD": "delivered", "UNDELIV": "undelivered", "EXPIRED": "undelivered", "DELETED": "undelivered",
    "REJECTD": "undelivered", "ACCEPTD": "pending", "ENROUTE": "pending", "UNKNOWN": "pending",
}  # fmt: skip
NUMBERED = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
PLACES = {0x00: 1, 0x08: 2}  # kinds of elements that say which part it is: octets of the reference
FIELD = re.compile(r"(id|stat|err):\s*(\S+)", re.IGNORECASE)


def is_receipt(pdu) -> bool:
    return (pdu.esm_class or 0) & KIND == RECEIPT or bool(pdu.receipted_message_id)


def content_of(pdu) -> bytes:
    return pdu.short_message or pdu.message_payload or b""


def receipt(pdu) -> dict:
    """{gateway_ref, status, raw}; the parameters go before the text, whose form is custom and no standard."""
    said = {name.lower(): value for name, value in FIELD.findall(_plain(content_of(pdu)))}
    number = _plain(pdu.receipted_message_id) if pdu.receipted_message_id else said.get("id", "")
    state = NUMBERED.get(pdu.message_state) or said.get("stat", "").upper()[:7]
    raw = {"stat": state, "err": said.get("err", "")[:20]}
    return {"gateway_ref": number[:65], "status": STATES.get(state, "pending"), "raw": raw}


def _plain(octets):
    return storable(octets.decode("latin-1"))


def letter(pdu) -> dict:
    """{words, sender, text} of what a person wrote: SMPP has no id for it, only what it says (`words`, a digest)."""
    content = content_of(pdu)
    known = b"|".join([pdu.source_addr or b"", pdu.destination_addr or b"", content])
    text = coding.read(content, pdu.data_coding or 0, bool((pdu.esm_class or 0) & HEADED))
    return {"words": hashlib.sha256(known).hexdigest()[:40], "sender": sender(pdu), "text": text}


def sender(pdu) -> str:
    return _plain(pdu.source_addr or b"")


def part(pdu) -> Part | None:
    """What a person wrote, where it is one part of several: so says a header of the text, or parameters beside it."""
    content, found = content_of(pdu), None
    if (pdu.esm_class or 0) & HEADED and content:
        head, content = content[1 : 1 + content[0]], content[1 + content[0] :]
        found = _place_in(head)
    elif pdu.sar_total_segments:
        found = pdu.sar_msg_ref_num or 0, pdu.sar_total_segments, pdu.sar_segment_seqnum or 0
    if found is None or not 1 <= found[2] <= found[1] or found[1] == 1:
        return None
    return Part(*found, content, pdu.data_coding or 0)


def _place_in(head):
    """(reference, total, n) of a header of a text (3GPP TS 23.040, 9.2.3.24), or None."""
    while len(head) >= 2:
        kind, value, head = head[0], head[2 : 2 + head[1]], head[2 + head[1] :]
        if kind in PLACES and len(value) == PLACES[kind] + 2:
            return int.from_bytes(value[:-2], "big"), value[-2], value[-1]
    return None
