"""Password hashes: argon2id, sized for small servers (OWASP: m = 19 MiB, t = 2, p = 1; S13)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.accounts.rules import codes, passwords

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash("the password of an account that does not exist")


def hashed(password: str) -> str:
    """Hash a password for keeping."""
    return _HASHER.hash(passwords.normalise(password))


def holds(password_hash: str, password: str) -> bool:
    """True when this is the password."""
    try:
        return _HASHER.verify(password_hash, passwords.normalise(password))
    except (VerificationError, InvalidHashError):
        return False


def one_time_holds(password_hash: str, typed: str) -> bool:
    """True when this is the one-time password, however it was typed."""
    return holds(password_hash, codes.normalise_one_time(typed))


def spend_the_same_time(password: str) -> None:
    """For an unknown login: nobody can tell from the time that it is unknown (S12)."""
    holds(_NOBODY, password)
