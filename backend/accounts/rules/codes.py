"""Codes that people read out, write down and type: one-time passwords, enrolment, recovery."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from backend.accounts.model import EnrolmentCode

ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
"""32 characters without 0, 1, l and o, which look like others on paper."""

ENROLMENT_LIFETIME = timedelta(hours=48)
OWN_PHONE_LIFETIME = timedelta(minutes=10)
"""For the code that comes with a one-time password: this phone, now."""

RECOVERY_CODES = 10
_CHARACTERS = frozenset(ALPHABET)


def _spelt(random: bytes, length: int, group: int) -> str:
    if len(random) < length:
        raise ValueError("not enough random bytes")
    text = "".join(ALPHABET[byte % 32] for byte in random[:length])
    return "-".join(text[at : at + group] for at in range(0, length, group))


def one_time_password(random: bytes) -> str:
    """Four groups of four, 80 bits, from 16 random bytes."""
    return _spelt(random, 16, 4)


def enrolment_code(random: bytes) -> str:
    """Two groups of four, 40 bits, from 8 random bytes; guessing is throttled."""
    return _spelt(random, 8, 4)


def recovery_code(random: bytes) -> str:
    """Two groups of five, 50 bits, from 10 random bytes."""
    return _spelt(random, 10, 5)


def normalise(typed: str) -> str:
    """A code as it was meant: capitals, spaces and hyphens do not matter."""
    return "".join(char for char in typed.casefold() if char in _CHARACTERS)


def normalise_one_time(typed: str) -> str:
    """A one-time password as it was made, however it was typed."""
    plain = normalise(typed)
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def judge(code: EnrolmentCode | None, now: datetime) -> Literal["good", "wrong", "expired"]:
    """Whether an enrolment code may be used; a used one is as wrong as an unknown one."""
    if code is None or code.used_at is not None:
        return "wrong"
    return "good" if now < code.expires_at else "expired"
