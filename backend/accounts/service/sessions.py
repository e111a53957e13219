"""Use cases on sessions: opening, refreshing, ending (docs/decisions/0004)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.model import Entry, SignInSession
from backend.accounts.rules import sessions as rules
from backend.accounts.service.keys import Keys
from backend.accounts.store import devices, sessions
from backend.kernel.ids import new_id


@dataclass(frozen=True)
class Opened:
    """A session with its newest refresh token, which leaves the server once."""

    session_id: str
    refresh_token: str


@dataclass(frozen=True)
class Refreshed:
    """What came of using a refresh token.

    :param use: see :data:`backend.accounts.rules.sessions.Use`; ``unknown`` for a token that is
        not ours
    :param opened: the newest token, where there is one
    :param reason: why the session was ended, where it was
    """

    use: str
    session_id: str | None = None
    account_id: str | None = None
    opened: Opened | None = None
    reason: str | None = None


def open_session(
    session: Session,
    keys: Keys,
    account_id: str,
    entry: Entry,
    device_id: str | None,
    *,
    salt: bytes,
    now: datetime,
) -> Opened:
    """Begin a refresh family."""
    new = SignInSession(
        id=new_id(),
        account_id=account_id,
        device_id=device_id,
        entry=entry,
        salt=salt,
        generation=1,
        started_at=now,
        rotated_at=now,
        revoked_at=None,
    )
    sessions.add(session, new)
    return Opened(new.id, rules.derive(keys.refresh, new, 1))


def refresh(
    session: Session,
    keys: Keys,
    token_text: str,
    entry: Entry,
    *,
    proven_device_id: str | None,
    now: datetime,
) -> Refreshed:
    """Use a refresh token: the next one, the same once more, or the end (S09).

    :param proven_device_id: the phone that signed the request
    """
    token = rules.parse(token_text)
    held = None if token is None else sessions.lock(session, token.session_id)
    if (
        token is None
        or held is None
        or held.entry != entry
        or not rules.genuine(keys.refresh, held, token)
    ):
        return Refreshed("unknown")
    use = rules.judge(held, token.generation, proven_device_id, now)
    found = Refreshed(use, held.id, held.account_id)
    match use:
        case "rotate":
            opened = rotate(session, keys, held, token.generation + 1, now)
            return replace(found, opened=opened)
        case "repeat":
            opened = Opened(held.id, rules.derive(keys.refresh, held, held.generation))
            return replace(found, opened=opened)
        case "ended":
            return replace(found, reason=sessions.ended_why(session, held.id))
        case "no_device":
            return found
        case "idle" | "absolute":
            # Not written down: the row says so by itself, and says otherwise once a server's clock
            # that was ten years ahead for a minute is right again. Else it would sign out a county.
            return replace(found, reason=use)
    sessions.end(session, now, use, session_id=held.id)
    return replace(found, reason=use)


def rotate(
    session: Session, keys: Keys, held: SignInSession, generation: int, now: datetime
) -> Opened:
    """Make the token of a generation the newest."""
    made_at = rules.rotated_at(held, now)
    sessions.change(session, held.id, generation=generation, rotated_at=made_at)
    if held.device_id is not None:
        devices.change(session, held.device_id, last_seen_at=now)
    return Opened(held.id, rules.derive(keys.refresh, held, generation))


def rotate_now(session: Session, keys: Keys, session_id: str, now: datetime) -> Opened:
    """A new token after what changes a session's standing (ASVS 7.2.4).

    :raises LookupError: there is no such session
    """
    held = sessions.lock(session, session_id)
    if held is None:
        raise LookupError(session_id)
    return rotate(session, keys, held, held.generation + 1, now)


def sign_out(session: Session, keys: Keys, token_text: str, now: datetime) -> str | None:
    """End the session of a token, whatever its generation; the account's id, if it was ours."""
    token = rules.parse(token_text)
    held = None if token is None else sessions.lock(session, token.session_id)
    if token is None or held is None or not rules.genuine(keys.refresh, held, token):
        return None
    sessions.end(session, now, "signed_out", session_id=held.id)
    return held.account_id


def open_sessions(session: Session, account_id: str) -> list[SignInSession]:
    """Where an account is signed in, newest first."""
    return sessions.open_ones(session, account_id)


def end_own(session: Session, account_id: str, session_id: str, now: datetime) -> bool:
    """End one of the account's own sessions; false when it is not one."""
    ended = sessions.end(session, now, "signed_out", account_id=account_id, session_id=session_id)
    return bool(ended)


def end_all(
    session: Session, account_id: str, reason: str, now: datetime, *, keep: str | None = None
) -> int:
    """End an account's sessions but one; how many there were (S10)."""
    return len(sessions.end(session, now, reason, account_id=account_id, keep=keep))
