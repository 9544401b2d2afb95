"""Signatures between the product and a gateway. The secret is made of the gateway's name and GATEWAY_KEY.

Needs nothing but the standard library: the simulator signs with it, too.
"""

import hmac

from door import signing

TOLERANCE = 300  # seconds that the two clocks may differ


class NotSigned(Exception):
    """The message carries no signature that holds."""


def secret(key: str, gateway: str) -> str:
    """ "whsec_" and 32 bytes in base64."""
    return signing.secret(key, f"gateway/{gateway}")


def headers(secret_text: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """`timestamp` in seconds since 1970."""
    return signing.headers(message_id, timestamp, body, [secret_text])


def check(secret_text: str, given, now: float, body: bytes) -> None:
    """`given` are the headers that came. Raises `NotSigned`."""
    message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
        raise NotSigned
    if abs(now - int(timestamp)) > TOLERANCE:
        raise NotSigned
    wanted = signing.signature(secret_text, message_id, timestamp, body).encode()
    signatures = given.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(wanted, one.encode()) for one in signatures):
        raise NotSigned
