"""Signing in, in three steps, so that the slow check of the password holds no lock.

1. :func:`begin`, in a transaction of its own: the attempt is counted, the account read.
2. :func:`check`, in none: the password.
3. :func:`finish`, in a transaction: the second factor, the session, the count taken back.

A refusal of 2 or 3 leaves the attempt counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.model import Account, DeviceFacts, Entry
from backend.accounts.rules import access, codes, passwords, second_factor, throttling
from backend.accounts.rules.throttling import Kind
from backend.accounts.service import devices, guesses, hashing
from backend.accounts.service.keys import Keys
from backend.accounts.service.sessions import Opened, open_session
from backend.accounts.store import accounts, guards
from backend.accounts.store.accounts import Credentials
from backend.kernel.errors import Refusal
from backend.kernel.vault import Vault


@dataclass(frozen=True)
class Attempt:
    """An attempt that was counted.

    :param signing: the phone that signed, where it is this account's and stands
    :param counted: what it was counted under
    """

    login: str
    entry: Entry
    signing: DeviceFacts | None
    credentials: Credentials | None
    counted: Sequence[tuple[Kind, str]]


@dataclass(frozen=True)
class SignedIn:
    """A session, and for a doctor with a one-time password the code that enrols the phone."""

    account: Account
    opened: Opened
    enrolment_code: str | None


def begin(
    session: Session,
    keys: Keys,
    login: str,
    entry: Entry,
    *,
    signing: DeviceFacts | None,
    address: str,
    now: datetime,
) -> Attempt:
    """Count the attempt and read the account; commit before going on.

    :raises Refusal: ``too_many_attempts``
    """
    login = login.strip().casefold()
    found = accounts.credentials(session, login=login)
    own = None
    if found is not None and signing is not None and signing.revoked_at is None:
        own = signing if signing.account_id == found.account.id else None
    counted = throttling.keys(login, None if own is None else own.id, address)
    guesses.charge(session, keys.vault, counted, now)
    return Attempt(login, entry, own, found, counted)


def check(attempt: Attempt, password: str, now: datetime) -> Credentials:
    """Compare the password; takes as long for a login that nobody has.

    :raises Refusal: ``sign_in_failed``, ``one_time_expired``, ``account_disabled``,
        ``wrong_entry``; all but the first only to one who knows the password
    """
    found = attempt.credentials
    if found is None:
        hashing.spend_the_same_time(password)
        raise Refusal("sign_in_failed")
    compare = hashing.one_time_holds if found.account.password_is_one_time else hashing.holds
    if not compare(found.password_hash, password):
        raise Refusal("sign_in_failed")
    if found.account.disabled_at is not None:
        raise Refusal("account_disabled")
    if found.account.password_is_one_time and passwords.one_time_expired(
        found.password_changed_at, now
    ):
        raise Refusal("one_time_expired")
    if access.entry_of(found.account.role) != attempt.entry:
        raise Refusal("wrong_entry")
    return found


def finish(
    session: Session,
    keys: Keys,
    attempt: Attempt,
    found: Credentials,
    *,
    code: str | None,
    random: bytes,
    now: datetime,
) -> SignedIn:
    """Check the second factor and open the session.

    :param random: 32 fresh random bytes
    :raises Refusal: ``second_factor_required``, ``second_factor_wrong``
    """
    account = found.account
    if account.totp_confirmed:
        _check_second_factor(session, keys.vault, found, code, now)
    device_id = None if attempt.signing is None else attempt.signing.id
    opened = open_session(
        session, keys, account.id, attempt.entry, device_id, salt=random[:16], now=now
    )
    if found.first_used_at is None:
        accounts.change(session, account.id, first_used_at=now)
    enrolment = None
    if account.password_is_one_time and attempt.entry == "capture":
        enrolment = devices.issue_own_code(
            session, keys, account.id, random=random[16:], now=now
        ).code
    guesses.relieve(session, keys.vault, attempt.counted, now)
    return SignedIn(account, opened, enrolment)


def _check_second_factor(
    session: Session, vault: Vault, found: Credentials, code: str | None, now: datetime
) -> None:
    if code is None:
        raise Refusal("second_factor_required")
    account_id = found.account.id
    if not second_factor.is_totp(code):
        if not guards.use_recovery_code(
            session, account_id, recovery_digest(vault, account_id, code), now
        ):
            raise Refusal("second_factor_wrong")
        return
    secret = vault.unlock(found.totp_secret_locked) or ""
    step = second_factor.matching_step(secret, code, now, found.totp_last_step)
    if step is None or not accounts.use_totp_step(session, account_id, step):
        raise Refusal("second_factor_wrong")


def recovery_digest(vault: Vault, account_id: str, code: str) -> str:
    """How a recovery code is kept."""
    return vault.digest(f"recovery_code|{account_id}", codes.normalise(code)) or ""
