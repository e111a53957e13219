"""Use cases on accounts. What other rooms ask stands here; sign-in and the rest beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.model import Account, Device, DeviceFacts, Standing
from backend.accounts.rules.access import needs
from backend.accounts.store import (
    accounts as account_store,
    devices as device_store,
    sessions as session_store,
)


def standing(session: Session, session_id: str) -> Standing | None:
    """What a session may do now; nothing when it ended, or its account or phone did (S07)."""
    found = session_store.standing(session, session_id)
    if found is None:
        return None
    held, owner, device_revoked_at = found
    if held.revoked_at is not None or owner.disabled_at is not None or device_revoked_at:
        return None
    return Standing(
        session_id=held.id,
        entry=held.entry,
        device_id=held.device_id,
        account=owner,
        needs=needs(
            held.entry,
            password_is_one_time=owner.password_is_one_time,
            totp_confirmed=owner.totp_confirmed,
            has_device=held.device_id is not None,
        ),
    )


def device(session: Session, device_id: str) -> DeviceFacts | None:
    """A phone with the state of its account, revoked and disabled ones included."""
    return device_store.facts(session, [device_id]).get(device_id)


def devices_by_ids(session: Session, device_ids: Iterable[str]) -> dict[str, DeviceFacts]:
    """Phones as :func:`device` tells them, by id; those never enrolled are left out."""
    return device_store.facts(session, device_ids)


def devices_of(session: Session, account_ids: Iterable[str]) -> list[Device]:
    """Phones of these accounts, the newest first."""
    return device_store.of_accounts(session, account_ids)


def account(session: Session, account_id: str) -> Account | None:
    """An account by id."""
    return account_store.by_id(session, account_id)


def accounts_by_ids(session: Session, account_ids: Iterable[str]) -> dict[str, Account]:
    """Accounts by id; unknown ids are left out."""
    return account_store.by_ids(session, account_ids)


def account_by_login(session: Session, login: str) -> Account | None:
    """An account by its login."""
    found = account_store.credentials(session, login=login)
    return None if found is None else found.account


def accounts_in(session: Session, ranges: Sequence[tuple[str, str]]) -> list[Account]:
    """Accounts that have an area inside one of the code ranges (lowest, highest), by name."""
    return account_store.inside(session, ranges)


def names(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Names by account id, for lists."""
    return account_store.names(session, account_ids)


def last_seen(session: Session, account_ids: Iterable[str]) -> dict[str, datetime]:
    """When each account last signed in or refreshed."""
    return session_store.last_seen(session, account_ids)
