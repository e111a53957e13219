"""Queries on recovery codes and on the counts that slow guesses down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.accounts.model import Throttle
from backend.accounts.tables import LoginThrottleRow, RecoveryCodeRow
from backend.kernel.ids import new_id

KEEP = timedelta(days=3)
"""Longer than any window, so that a forgotten count changes nothing."""


def replace_recovery_codes(session: Session, account_id: str, code_hashes: Iterable[str]) -> None:
    """Set an account's recovery codes; the old ones are gone."""
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account_id))
    session.add_all(
        RecoveryCodeRow(id=new_id(), account_id=account_id, code_hash=code_hash)
        for code_hash in code_hashes
    )
    session.flush()


def use_recovery_code(session: Session, account_id: str, code_hash: str, now: datetime) -> bool:
    """Use a recovery code up; false when there is no such unused one."""
    done = session.execute(
        update(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.account_id == account_id,
            RecoveryCodeRow.code_hash == code_hash,
            RecoveryCodeRow.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCodeRow.id)
    )
    return done.first() is not None


def throttles(session: Session, keys: Iterable[str]) -> dict[str, Throttle]:
    """Counts by key, held until the transaction ends."""
    rows = session.scalars(
        select(LoginThrottleRow)
        .where(LoginThrottleRow.key.in_(set(keys)))
        .order_by(LoginThrottleRow.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {
        row.key: Throttle(row.failures, row.window_started_at, row.blocked_until) for row in rows
    }


def save_throttle(session: Session, key: str, throttle: Throttle | None, now: datetime) -> None:
    """Write a count, or forget it; counts that nobody added to for days go too."""
    if throttle is None:
        session.execute(delete(LoginThrottleRow).where(LoginThrottleRow.key == key))
        return
    session.merge(
        LoginThrottleRow(
            key=key,
            failures=throttle.failures,
            window_started_at=throttle.window_started_at,
            blocked_until=throttle.blocked_until,
        )
    )
    session.flush()
    session.execute(delete(LoginThrottleRow).where(LoginThrottleRow.window_started_at < now - KEEP))
