"""Refresh tokens that are derived and never stored, and what using one means (S09, S11).

The token of generation n is ``session id . n . HMAC(secret, id | n | salt)``.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from backend.accounts.model import Entry, SignInSession
from backend.kernel.ids import is_uuid
from backend.kernel.sealing import b64


@dataclass(frozen=True)
class Limits:
    """How long a session lasts.

    :param idle: since the newest token was made
    :param absolute: since sign-in
    :param grace: how long the token before the newest is taken once more, its answer being lost
    """

    idle: timedelta
    absolute: timedelta
    grace: timedelta


LIMITS: dict[Entry, Limits] = {
    "capture": Limits(timedelta(days=60), timedelta(days=180), timedelta(minutes=10)),
    # The desk proves no device key, so the grace covers two tabs and a short break of the line.
    "desk": Limits(timedelta(minutes=30), timedelta(hours=12), timedelta(minutes=1)),
}

Use = Literal["rotate", "repeat", "reused", "idle", "absolute", "ended", "no_device"]
"""rotate: make the next token; repeat: give the newest again; reused: revoke the session;
idle, absolute: its time is over; ended: it was ended before; no_device: not from its phone."""


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token as it was sent, not believed yet."""

    session_id: str
    generation: int
    mac: str


def derive(secret: bytes, session: SignInSession, generation: int) -> str:
    """The token of a generation."""
    message = f"{session.id}|{generation}|".encode() + session.salt
    mac = b64(hmac.new(secret, message, sha256).digest())
    return f"{session.id}.{generation}.{mac}"


def parse(text: str) -> RefreshToken | None:
    """Read a token; nothing when it cannot be one."""
    parts = text.split(".")
    if len(parts) != 3 or not is_uuid(parts[0]):
        return None
    number = parts[1]
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return None
    return RefreshToken(parts[0], int(number), parts[2])


def genuine(secret: bytes, session: SignInSession, token: RefreshToken) -> bool:
    """True when we made this token."""
    return hmac.compare_digest(
        derive(secret, session, token.generation).encode(),
        f"{token.session_id}.{token.generation}.{token.mac}".encode(),
    )


def judge(
    session: SignInSession, generation: int, proven_device_id: str | None, now: datetime
) -> Use:
    """What the use of a genuine token means.

    :param proven_device_id: the phone that signed the request

    A generation above the newest can only come from before a restore of the database: we made it,
    so it is taken.
    """
    limits = LIMITS[session.entry]
    if session.revoked_at is not None:
        return "ended"
    if session.device_id is not None and session.device_id != proven_device_id:
        return "no_device"
    if now - session.started_at >= limits.absolute:
        return "absolute"
    if now - session.rotated_at >= limits.idle:
        return "idle"
    if generation >= session.generation:
        return "rotate"
    in_grace = now - session.rotated_at < limits.grace
    return "repeat" if generation == session.generation - 1 and in_grace else "reused"


def rotated_at(session: SignInSession, now: datetime) -> datetime:
    """When the newest token counts as made, one being made now.

    A clock that lies further back than a session may be idle is wrong: by it the session would be
    over as soon as the clock is right again.
    """
    is_wrong = session.rotated_at - now >= LIMITS[session.entry].idle
    return session.rotated_at if is_wrong else now
