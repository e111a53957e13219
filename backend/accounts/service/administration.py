"""What staff and the command line do with accounts of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.model import Account, Role
from backend.accounts.rules import codes
from backend.accounts.service import hashing
from backend.accounts.service.sessions import end_all
from backend.accounts.store import accounts, guards
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id


def create(
    session: Session,
    login: str,
    name: str,
    role: Role,
    areas: Sequence[str],
    *,
    random: bytes,
    now: datetime,
    account_id: str | None = None,
) -> tuple[Account, str]:
    """Make an account; with it its one-time password, which leaves the server once.

    :param random: 16 fresh random bytes
    :raises Refusal: ``login_taken``
    """
    login = login.strip().casefold()
    if accounts.credentials(session, login=login) is not None:
        raise Refusal("login_taken", login=login)
    password = codes.one_time_password(random)
    made = Account(
        id=account_id or new_id(),
        login=login,
        name=name,
        role=role,
        areas=tuple(sorted(set(areas))),
        password_is_one_time=True,
        totp_confirmed=False,
        disabled_at=None,
    )
    accounts.add(session, made, hashing.hashed(password), now)
    return made, password


def issue_one_time_password(
    session: Session, account_id: str, *, random: bytes, now: datetime
) -> str:
    """Replace a forgotten password and end every session; the new one is good for a week.

    :param random: 16 fresh random bytes
    """
    password = codes.one_time_password(random)
    accounts.change(
        session,
        account_id,
        password_hash=hashing.hashed(password),
        password_is_one_time=True,
        password_changed_at=now,
    )
    end_all(session, account_id, "password_reset", now)
    return password


def reset_second_factor(session: Session, account_id: str, now: datetime) -> None:
    """Forget the authenticator and the recovery codes; the next sign-in sets up a new one."""
    accounts.change(
        session, account_id, totp_secret_locked=None, totp_confirmed_at=None, totp_last_step=None
    )
    guards.replace_recovery_codes(session, account_id, [])
    end_all(session, account_id, "second_factor_reset", now)


def disable(session: Session, account_id: str, now: datetime) -> None:
    """No sign-in and no reads from now on; what its phones still send is kept (fault 59)."""
    accounts.change(session, account_id, disabled_at=now)
    end_all(session, account_id, "account_disabled", now)


def enable(session: Session, account_id: str) -> None:
    """Undo :func:`disable`."""
    accounts.change(session, account_id, disabled_at=None)


def set_areas(session: Session, account_id: str, areas: Sequence[str]) -> None:
    """Give an account other areas; the next request already sees them (S07)."""
    accounts.set_areas(session, account_id, areas)


def never_used(session: Session, account_id: str) -> bool:
    """True when nobody ever signed in with the account."""
    found = accounts.credentials(session, account_id=account_id)
    return found is not None and found.first_used_at is None
