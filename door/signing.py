"""What signs between the product and other programs, as Standard Webhooks has it (standardwebhooks.com).

Needs nothing but the standard library: the simulator of gateways signs with it, too.
"""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def secret(key: str, name: str) -> str:
    """ "whsec_" and 32 bytes in base64: an HMAC of the name under a key that lies outside the database."""
    return PREFIX + base64.b64encode(hmac.digest(key.encode(), name.encode(), hashlib.sha256)).decode()


def signature(secret_text: str, message_id: str, timestamp: int | str, body: bytes) -> str:
    """ "v1,…" over id, timestamp (seconds since 1970) and body."""
    key = base64.b64decode(secret_text.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def headers(message_id: str, timestamp: int | str, body: bytes, secrets) -> dict[str, str]:
    """The three headers that a receiver checks; while a secret changes, one signature for each of the two."""
    signed = " ".join(signature(one, message_id, timestamp, body) for one in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signed}
