"""Secrets and signatures, as Standard Webhooks has them (standardwebhooks.com).

A secret is stored nowhere: it is an HMAC of the subscription's salt under WEBHOOK_KEY, which lies outside the database.
"""

import base64
import hashlib
import hmac

from django.conf import settings

PREFIX = "whsec_"


def secret(salt, number) -> str:
    """The `number`th secret of the subscription with this salt: "whsec_" and 32 bytes in base64."""
    made = hmac.digest(settings.WEBHOOK_KEY.encode(), f"webhook/{salt.hex}/{number}".encode(), hashlib.sha256)
    return PREFIX + base64.b64encode(made).decode()


def signature(secret_text, message_id, timestamp, body: bytes) -> str:
    """ "v1,…" over id, timestamp (seconds since 1970) and body."""
    key = base64.b64decode(secret_text.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def headers(message_id, timestamp, body: bytes, secrets) -> dict[str, str]:
    """The three headers that a receiver checks; while a secret changes, one signature for each of the two."""
    signed = " ".join(signature(one, message_id, timestamp, body) for one in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signed}
