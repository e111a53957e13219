"""Queries on recovery codes and on the counts that slow guesses down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.accounts.model import Throttle
from backend.accounts.tables import LoginThrottleRow, RecoveryCodeRow
from backend.kernel.db import is_postgresql
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


def throttles(session: Session, keys: Iterable[str], now: datetime) -> dict[str, Throttle]:
    """Counts by key, held until the transaction ends, so that attempts at once stand in line.

    A key that was never counted is begun with none, for there is no holding a row that is not.
    """
    keys = sorted(set(keys))
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    session.execute(
        insert(LoginThrottleRow)
        .values([{"key": key, "failures": 0, "window_started_at": now} for key in keys])
        .on_conflict_do_nothing()
    )
    rows = session.scalars(
        select(LoginThrottleRow)
        .where(LoginThrottleRow.key.in_(keys))
        .order_by(LoginThrottleRow.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {
        row.key: Throttle(row.failures, row.window_started_at, row.blocked_until) for row in rows
    }


def save_throttle(session: Session, key: str, throttle: Throttle | None) -> None:
    """Write a count that :func:`throttles` holds, or forget it."""
    mine = LoginThrottleRow.key == key
    if throttle is None:
        session.execute(delete(LoginThrottleRow).where(mine))
        return
    session.execute(
        update(LoginThrottleRow)
        .where(mine)
        .values(
            failures=throttle.failures,
            window_started_at=throttle.window_started_at,
            blocked_until=throttle.blocked_until,
        )
    )


def sweep_throttles(session: Session, now: datetime) -> None:
    """Forget counts that nobody added to for days."""
    session.execute(delete(LoginThrottleRow).where(LoginThrottleRow.window_started_at < now - KEEP))
