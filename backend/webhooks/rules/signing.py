"""Signatures as Standard Webhooks 1.0.0 prescribes them, so that receivers find a library.

``webhook-id``, ``webhook-timestamp`` and ``webhook-signature: v1,<base64 of HMAC-SHA-256>`` over
``id.timestamp.body``. The id stays the same at every try: by it a receiver knows a repetition.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import datetime
from hashlib import sha256

SECRET_BYTES = 32


def shown(secret: bytes) -> str:
    """A secret as the receiver enters it."""
    return "whsec_" + b64encode(secret).decode()


def headers(secret: bytes, delivery_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of a request."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((delivery_id.encode(), timestamp.encode(), body))
    digest = hmac.new(secret, signed, sha256).digest()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
