"""Use cases on accounts as other rooms use them; sign-in stands in :mod:`sign_in`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import store
from backend.accounts.model import Account, DeviceFacts, Standing
from backend.accounts.rules.access import needs


def standing(session: Session, session_id: str) -> Standing | None:
    """What a session may do now; nothing when it ended, or its account or phone did (S07)."""
    found = store.standing(session, session_id)
    if found is None:
        return None
    held, account, device_revoked_at = found
    if held.revoked_at is not None or account.disabled_at is not None or device_revoked_at:
        return None
    return Standing(
        session_id=held.id,
        entry=held.entry,
        device_id=held.device_id,
        account=account,
        needs=needs(
            held.entry,
            password_is_one_time=account.password_is_one_time,
            totp_confirmed=account.totp_confirmed,
            has_device=held.device_id is not None,
        ),
    )


def device(session: Session, device_id: str) -> DeviceFacts | None:
    """A phone with the state of its account, revoked and disabled ones included."""
    return store.device_facts(session, device_id)


def account(session: Session, account_id: str) -> Account | None:
    """An account by id."""
    return store.account(session, account_id)


def accounts_in(session: Session, ranges: Sequence[tuple[str, str]]) -> list[Account]:
    """Accounts that have an area inside one of the code ranges (lowest, highest), by name."""
    return store.accounts_in(session, ranges)


def names(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Names by account id, for lists."""
    return store.names(session, account_ids)


def last_seen(session: Session, account_ids: Iterable[str]) -> dict[str, datetime]:
    """When each account was last signed in or refreshed."""
    return store.last_seen(session, account_ids)
