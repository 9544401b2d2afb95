"""Texts as an SMS centre takes them: GSM 7-bit where that has every character, else UCS-2; long ones in parts."""

GSM, UCS2 = 0, 8  # data_coding
ESCAPE = 0x1B
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))
SEPTETS = {character: bytes([code]) for code, character in enumerate(TABLE) if code != ESCAPE} | {
    character: bytes([ESCAPE, code]) for code, character in EXTENDED.items()
}
WHOLE = {GSM: 160, UCS2: 140}  # octets of one message; a septet takes an octet here
PART = {GSM: 153, UCS2: 134}  # beside the header of a part
MOST = 255  # parts
ENCODINGS = {0: "gsm", 1: "ascii", 3: "latin-1", 8: "utf-16-be"}


def units(text: str, gsm: bool = True) -> tuple[int, list[bytes]]:
    """data_coding, and the octets of each character, which no split may tear apart."""
    if gsm and all(character in SEPTETS for character in text):
        return GSM, [SEPTETS[character] for character in text]
    return UCS2, [character.encode("utf-16-be", "replace") for character in text]


def parts(text: str, reference: int, gsm: bool = True) -> tuple[int, list[bytes]]:
    """data_coding, and the short messages; several begin with a header that lets the phone join them.

    `reference` (0 to 255) is the same on every attempt, so that a part that comes twice completes the same message.
    Raises ValueError for a text of more than 255 parts.
    """
    coding, octets = units(text, gsm)
    if sum(map(len, octets)) <= WHOLE[coding]:
        return coding, [b"".join(octets)]
    pieces = _filled(octets, PART[coding])
    if len(pieces) > MOST:
        raise ValueError("too long")
    head = bytes([5, 0, 3, reference, len(pieces)])
    return coding, [head + bytes([n]) + piece for n, piece in enumerate(pieces, 1)]


def _filled(octets, most):
    pieces = [bytearray()]
    for one in octets:
        if len(pieces[-1]) + len(one) > most:
            pieces.append(bytearray())
        pieces[-1] += one
    return [bytes(piece) for piece in pieces]


def read(content: bytes, coding: int, headed: bool) -> str:
    """The text of what a phone sent; `headed`: it begins with a header of its own length."""
    if headed and content:
        content = content[1 + content[0] :]
    encoding = ENCODINGS.get(coding, "latin-1")
    text = _septets_read(content) if encoding == "gsm" else content.decode(encoding, "replace")
    return text.replace("\0", "")


def _septets_read(content):
    text, codes = [], iter(content)
    for code in codes:
        if code == ESCAPE:
            text.append(EXTENDED.get(next(codes, None), " "))
        else:
            text.append(TABLE[code] if code < 128 else "\ufffd")
    return "".join(text)
