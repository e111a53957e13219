"""What a phone says back when it has shown a message.

Nobody signs in for it: a service worker has no session. Only the browser that could decrypt the
message knows its receipt, which stands for that reminder and for nothing else.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from backend.kernel.sealing import b64

_LENGTH = 16


def receipt(key: bytes, reminder_id: str) -> str:
    """``<reminder id>.<proof>``, the proof 16 bytes of HMAC-SHA-256 in base64url."""
    proof = hmac.new(key, f"suifang.push-receipt/1\n{reminder_id}".encode(), sha256).digest()
    return f"{reminder_id}.{b64(proof[:_LENGTH])}"


def receipted(key: bytes, text: str) -> str | None:
    """The reminder that a receipt stands for; nothing when we never gave it out."""
    reminder_id = text.partition(".")[0]
    return reminder_id if hmac.compare_digest(receipt(key, reminder_id), text) else None
