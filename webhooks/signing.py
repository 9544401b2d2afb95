"""The secret of a subscription. It is stored nowhere: it is made of the subscription's salt and WEBHOOK_KEY."""

from django.conf import settings

from door import signing
from door.signing import headers, signature

__all__ = ["headers", "secret", "signature"]


def secret(salt, number) -> str:
    """The `number`th secret of the subscription with this salt: "whsec_" and 32 bytes in base64."""
    return signing.secret(settings.WEBHOOK_KEY, f"webhook/{salt.hex}/{number}")
