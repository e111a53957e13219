"""Use cases on phones: codes that enrol them, enrolling, revoking (S14, S49)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.accounts.model import EnrolmentCode
from backend.accounts.rules import codes
from backend.accounts.service import guesses
from backend.accounts.service.keys import Keys
from backend.accounts.service.sessions import Opened, rotate_now
from backend.accounts.store import devices, sessions
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.kernel.sealing import read_device_key


@dataclass(frozen=True)
class IssuedCode:
    """An enrolment code in clear, which leaves the server once."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Enrolled:
    """A phone that was enrolled, and its session with a new refresh token."""

    device_id: str
    opened: Opened


def issue_code(
    session: Session,
    keys: Keys,
    account_id: str,
    issued_by: str | None,
    lifetime: timedelta,
    *,
    random: bytes,
    now: datetime,
) -> IssuedCode:
    """Make a code with which one phone can be enrolled for the account.

    :param random: 8 fresh random bytes
    """
    code = codes.enrolment_code(random)
    kept = EnrolmentCode(new_id(), account_id, issued_by, now + lifetime, None)
    devices.add_code(session, kept, _digest(keys, code), now)
    return IssuedCode(code, kept.expires_at)


def issue_own_code(
    session: Session, keys: Keys, account_id: str, *, random: bytes, now: datetime
) -> IssuedCode:
    """The code that comes with a one-time password: for this phone, within ten minutes."""
    return issue_code(
        session, keys, account_id, None, codes.OWN_PHONE_LIFETIME, random=random, now=now
    )


def charge_enrolment(session: Session, keys: Keys, account_id: str, now: datetime) -> None:
    """Count an attempt to enrol; commit before going on.

    :raises Refusal: ``too_many_attempts``
    """
    guesses.charge(session, keys.vault, [("enrolment", account_id)], now)


def enrol(
    session: Session,
    keys: Keys,
    account_id: str,
    session_id: str,
    code: str,
    *,
    public_key: bytes,
    name: str,
    app_version: str,
    now: datetime,
) -> Enrolled:
    """Enrol a phone with a code of the same account, and bind the session to it.

    :raises Refusal: ``device_key_invalid``, ``enrolment_code_wrong``, ``enrolment_code_expired``
    """
    try:
        read_device_key(public_key)
    except ValueError:
        raise Refusal("device_key_invalid") from None
    found = devices.code(session, account_id, _digest(keys, code))
    verdict = codes.judge(found, now)
    if verdict == "expired":
        raise Refusal("enrolment_code_expired")
    if verdict == "wrong" or found is None or not devices.use_code(session, found.id, now):
        raise Refusal("enrolment_code_wrong")
    device_id = new_id()
    devices.add(
        session,
        device_id,
        account_id,
        public_key=public_key,
        name=name,
        app_version=app_version,
        now=now,
    )
    sessions.change(session, session_id, device_id=device_id)
    guesses.relieve(session, keys.vault, [("enrolment", account_id)], now)
    return Enrolled(device_id, rotate_now(session, keys, session_id, now))


def revoke(session: Session, device_id: str, reason: str, now: datetime) -> None:
    """From this moment the phone reads nothing; its sealed queue is still taken (S49)."""
    devices.change(session, device_id, revoked_at=now, revoked_reason=reason)
    sessions.end(session, now, "device_revoked", device_id=device_id)


def _digest(keys: Keys, code: str) -> str:
    return keys.vault.digest("enrolment_code", codes.normalise(code)) or ""
