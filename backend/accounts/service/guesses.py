"""Counting attempts before they are checked (rules: :mod:`backend.accounts.rules.throttling`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.rules import throttling
from backend.accounts.rules.throttling import Kind
from backend.accounts.store import guards
from backend.kernel.errors import Refusal
from backend.kernel.vault import Vault


def charge(session: Session, vault: Vault, keys: Sequence[tuple[Kind, str]], now: datetime) -> None:
    """Count an attempt; to be committed before the attempt is checked.

    :raises Refusal: ``too_many_attempts`` with ``retry_after`` seconds; nothing was counted
    """
    names = {_name(vault, kind, what): kind for kind, what in keys}
    known = guards.throttles(session, names, now)
    wait = max(throttling.wait_s(known[name], now) for name in names)
    if wait:
        raise Refusal("too_many_attempts", retry_after=wait)
    for name, kind in names.items():
        guards.save_throttle(session, name, throttling.charged(kind, known[name], now))
    guards.sweep_throttles(session, now)


def relieve(
    session: Session, vault: Vault, keys: Sequence[tuple[Kind, str]], now: datetime
) -> None:
    """Take the count back: the attempt was right."""
    names = {_name(vault, kind, what): kind for kind, what in keys}
    for name, throttle in guards.throttles(session, names, now).items():
        guards.save_throttle(session, name, throttling.relieved(names[name], throttle))


def _name(vault: Vault, kind: Kind, what: str) -> str:
    # A keyed digest: the table holds no addresses and no logins.
    return f"{kind}:{vault.digest('throttle', what)}"
