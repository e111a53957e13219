"""Time-based codes (RFC 6238): 6 digits, 30 seconds, SHA-1, as every authenticator reads them."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP_S = 30
DRIFT_STEPS = 1
"""Codes of the step before and after are taken: phones' clocks are wrong."""


def is_totp(typed: str) -> bool:
    """True when this is meant as a six-digit code and not as a recovery code."""
    plain = typed.replace(" ", "")
    return len(plain) == 6 and plain.isascii() and plain.isdecimal()


def matching_step(secret: str, typed: str, now: datetime, last_step: int | None) -> int | None:
    """The step a code belongs to; nothing when it is wrong, or of a step used before (replay)."""
    plain = typed.replace(" ", "").encode()
    totp = pyotp.TOTP(secret)
    step = int(now.timestamp()) // STEP_S
    for candidate in range(step - DRIFT_STEPS, step + DRIFT_STEPS + 1):
        if last_step is not None and candidate <= last_step:
            continue
        if hmac.compare_digest(totp.generate_otp(candidate).encode(), plain):
            return candidate
    return None
