"""Signatures between the product and a gateway, as Standard Webhooks has them (standardwebhooks.com).

Needs nothing but the standard library: the simulator signs with it, too. The secret of a gateway is stored nowhere; it
is an HMAC of the gateway's name under GATEWAY_KEY.
"""

import base64
import hashlib
import hmac

PREFIX = "whsec_"
TOLERANCE = 300  # seconds that the two clocks may differ


class NotSigned(Exception):
    """The message carries no signature that holds."""


def secret(key: str, gateway: str) -> str:
    """ "whsec_" and 32 bytes in base64."""
    made = hmac.digest(key.encode(), f"gateway/{gateway}".encode(), hashlib.sha256)
    return PREFIX + base64.b64encode(made).decode()


def headers(secret_text: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """`timestamp` in seconds since 1970."""
    signed = _signature(secret_text, message_id, str(timestamp), body)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signed}


def check(secret_text: str, given, now: float, body: bytes) -> None:
    """`given` are the headers that came. Raises `NotSigned`."""
    message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
        raise NotSigned
    if abs(now - int(timestamp)) > TOLERANCE:
        raise NotSigned
    wanted = _signature(secret_text, message_id, timestamp, body).encode()
    signatures = given.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(wanted, one.encode()) for one in signatures):
        raise NotSigned


def _signature(secret_text, message_id, timestamp, body):
    key = base64.b64decode(secret_text.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"
