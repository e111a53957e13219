"""Use cases on passwords and the second factor of one's own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from backend.accounts.rules import codes, passwords, second_factor
from backend.accounts.rules.throttling import Kind
from backend.accounts.service import guesses, hashing
from backend.accounts.service.keys import Keys
from backend.accounts.service.sessions import end_all
from backend.accounts.service.sign_in import recovery_digest
from backend.accounts.store import accounts, guards
from backend.kernel.errors import Refusal


@dataclass(frozen=True)
class Setup:
    """A second factor that waits for its first code.

    :param uri: ``otpauth://`` address for an authenticator's camera
    """

    secret: str
    uri: str


def new_hash(
    session: Session, account_id: str, new_password: str, current_password: str | None
) -> str:
    """Judge a change of password and hash the new one; slow, so it comes before the transaction.

    :param current_password: asked for unless the present one is a one-time password
    :raises Refusal: ``current_password_wrong``, ``password_unchanged``, or a rule's
    """
    found = accounts.credentials(session, account_id=account_id)
    if found is None:
        raise Refusal("session_ended")
    one_time = found.account.password_is_one_time
    if not one_time and not hashing.holds(found.password_hash, current_password or ""):
        raise Refusal("current_password_wrong")
    passwords.check(new_password, found.account.login)
    if hashing.holds(found.password_hash, new_password) or (
        one_time and hashing.one_time_holds(found.password_hash, new_password)
    ):
        raise Refusal("password_unchanged")
    return hashing.hashed(new_password)


def _counted(login: str) -> Sequence[tuple[Kind, str]]:
    return [("account", login)]


def charge(session: Session, keys: Keys, login: str, now: datetime) -> None:
    """Count a guess at the current password; commit before going on.

    :raises Refusal: ``too_many_attempts``
    """
    guesses.charge(session, keys.vault, _counted(login), now)


def set_own(
    session: Session,
    keys: Keys,
    account_id: str,
    login: str,
    password_hash: str,
    *,
    keep_session: str,
    now: datetime,
) -> int:
    """Keep the new password and end every other session; how many those were (S10)."""
    accounts.change(
        session,
        account_id,
        password_hash=password_hash,
        password_is_one_time=False,
        password_changed_at=now,
    )
    guesses.relieve(session, keys.vault, _counted(login), now)
    return end_all(session, account_id, "password_changed", now, keep=keep_session)


def begin_second_factor(
    session: Session, keys: Keys, account_id: str, login: str, issuer: str
) -> Setup:
    """Make a secret that counts once its first code was entered; a new one replaces it.

    :raises Refusal: ``second_factor_set``
    """
    found = accounts.credentials(session, account_id=account_id)
    if found is None or found.account.totp_confirmed:
        raise Refusal("second_factor_set")
    secret = pyotp.random_base32()
    accounts.change(session, account_id, totp_secret_locked=keys.vault.lock(secret))
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer))


def confirm_second_factor(
    session: Session, keys: Keys, account_id: str, code: str, *, random: bytes, now: datetime
) -> list[str]:
    """Take the first code; from now on sign-in asks for one.

    :param random: 100 fresh random bytes
    :returns: ten recovery codes, which leave the server once
    :raises Refusal: ``second_factor_set``, ``second_factor_not_begun``, ``second_factor_wrong``
    """
    found = accounts.credentials(session, account_id=account_id)
    if found is None or found.account.totp_confirmed:
        raise Refusal("second_factor_set")
    if found.totp_secret_locked is None:
        raise Refusal("second_factor_not_begun")
    secret = keys.vault.unlock(found.totp_secret_locked) or ""
    step = second_factor.matching_step(secret, code, now, found.totp_last_step)
    if step is None or not accounts.use_totp_step(session, account_id, step):
        raise Refusal("second_factor_wrong")
    accounts.change(session, account_id, totp_confirmed_at=now)
    fresh = [
        codes.recovery_code(random[at : at + 10]) for at in range(0, codes.RECOVERY_CODES * 10, 10)
    ]
    guards.replace_recovery_codes(
        session, account_id, [recovery_digest(keys.vault, account_id, code) for code in fresh]
    )
    return fresh
