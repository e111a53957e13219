"""Reminders: the rows are the truth, whatever became of the process that worked on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, false, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.db import is_postgresql
from backend.kernel.ids import new_id
from backend.reminders.model import (
    CANCELLED,
    CONFIRMED,
    FAILED,
    PLANNED,
    SENT,
    Reminder,
    ReminderPlan,
)
from backend.reminders.rules.outcomes import Settlement
from backend.reminders.tables import ReminderRow

MOST_CLAIMS = 20
"""What was taken up so often and never settled kills its worker: it is left to expire."""

_Row = ReminderRow


def _reminder(row: ReminderRow) -> Reminder:
    return Reminder(
        id=row.id,
        addressee_kind=row.addressee_kind,
        addressee_id=row.addressee_id,
        reason=row.reason,
        occurrence=row.occurrence,
        area_code=row.area_code,
        due_at=row.due_at,
        expires_at=row.expires_at,
        message=row.message,
        state=row.state,
        attempts=row.attempts,
        channel=row.channel,
    )


def plan(session: Session, plans: Iterable[ReminderPlan], now: datetime) -> int:
    """Make the reminders that do not exist yet; how many were made.

    Uniqueness is the table's: two planners at once, or one planner twice, make one row.
    """
    rows = [
        {
            "id": new_id(),
            "addressee_kind": one.addressee_kind,
            "addressee_id": one.addressee_id,
            "reason": one.reason,
            "occurrence": one.occurrence,
            "area_code": one.area_code,
            "due_at": one.due_at,
            "expires_at": one.expires_at,
            "message": dict(one.message),
            "state": PLANNED,
            "attempts": 0,
            "updated_at": now,
        }
        for one in plans
    ]
    made = 0
    # One order for everybody, or two planners that meet would deadlock.
    for row in sorted(rows, key=lambda r: (r["addressee_id"], r["reason"], r["occurrence"])):
        insert = (postgresql if is_postgresql(session) else sqlite).insert(_Row)
        added = session.execute(insert.values(row).on_conflict_do_nothing().returning(_Row.id))
        made += len(added.all())
    return made


def claim(
    session: Session, holder: str, now: datetime, lease: timedelta, limit: int
) -> list[Reminder]:
    """Take up due reminders for a while, so that nobody else does.

    Counting the attempt here and not at the end bounds what a reminder can do that kills its worker
    each time. On SQLite the caller holds the write lock, on PostgreSQL the rows are locked.
    """
    ids = session.scalars(
        select(_Row.id)
        .where(
            _Row.state == PLANNED,
            _Row.due_at <= now,
            _Row.expires_at > now,
            or_(_Row.lease_until.is_(None), _Row.lease_until <= now),
            _Row.attempts < MOST_CLAIMS,
        )
        .order_by(_Row.due_at, _Row.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not ids:
        return []
    rows = session.scalars(
        update(_Row)
        .where(_Row.id.in_(ids))
        .values(
            lease_until=now + lease,
            leased_by=holder,
            attempts=_Row.attempts + 1,
            updated_at=now,
        )
        .returning(_Row)
        .execution_options(populate_existing=True)
    )
    return sorted(map(_reminder, rows), key=lambda one: (one.due_at, one.id))


def is_held(session: Session, reminder_id: str, holder: str, now: datetime) -> bool:
    """False once it was cancelled, or the holder was so slow that somebody else took over."""
    found = select(_Row.id).where(
        _Row.id == reminder_id,
        _Row.state == PLANNED,
        _Row.leased_by == holder,
        _Row.lease_until > now,
    )
    return session.scalar(found) is not None


def settle(
    session: Session,
    reminder_id: str,
    holder: str,
    settlement: Settlement,
    now: datetime,
) -> bool:
    """Write what a reminder became; false when it was cancelled or taken over meanwhile."""
    written = session.execute(
        update(_Row)
        .where(_Row.id == reminder_id, _Row.state == PLANNED, _Row.leased_by == holder)
        .values(
            state=settlement.state,
            lease_until=settlement.rest_until,
            leased_by=None,
            channel=settlement.channel,
            updated_at=now,
        )
        .returning(_Row.id)
    )
    return bool(written.all())


def cancel(session: Session, now: datetime, **where: str) -> int:
    """Cancel what is still planned, by ``addressee_id``, ``reason``, ...; how many there were.

    One that is being sent this moment is cancelled too: its tries are kept, it is not tried again.
    """
    cancelled = session.execute(
        update(_Row)
        .where(_Row.state == PLANNED)
        .filter_by(**where)
        .values(state=CANCELLED, updated_at=now)
        .returning(_Row.id)
    )
    return len(cancelled.all())


def cancel_reasons(session: Session, reasons: Sequence[str], now: datetime) -> int:
    """Cancel what is still planned for these reasons; how many there were."""
    if not reasons:
        return 0
    cancelled = session.execute(
        update(_Row)
        .where(_Row.reason.in_(reasons), _Row.state == PLANNED)
        .values(state=CANCELLED, updated_at=now)
        .returning(_Row.id)
    )
    return len(cancelled.all())


def expire(session: Session, now: datetime) -> int:
    """Fail what was not sent while it was worth it; how many there were."""
    expired = session.execute(
        update(_Row)
        .where(
            _Row.state == PLANNED,
            _Row.expires_at <= now,
            or_(_Row.lease_until.is_(None), _Row.lease_until <= now),
        )
        .values(state=FAILED, leased_by=None, updated_at=now)
        .returning(_Row.id)
    )
    return len(expired.all())


def have(session: Session, reason: str, occurrence: str) -> set[str]:
    """Addressees that have a reminder of this reason and occurrence."""
    return set(
        session.scalars(
            select(_Row.addressee_id).where(_Row.reason == reason, _Row.occurrence == occurrence)
        )
    )


def told(
    session: Session, addressee_kind: str, addressee_ids: Iterable[str], reason: str
) -> dict[str, list[dict[str, Any]]]:
    """Addressee -> the messages of a reason that reached the push service or still will."""
    rows = session.execute(
        select(_Row.addressee_id, _Row.message).where(
            _Row.addressee_kind == addressee_kind,
            _Row.addressee_id.in_(set(addressee_ids)),
            _Row.reason == reason,
            _Row.state.in_((PLANNED, SENT, CONFIRMED)),
        )
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for addressee_id, message in rows:
        found.setdefault(addressee_id, []).append(message)
    return found


def page(
    session: Session,
    ranges: Sequence[tuple[str, str]],
    state: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Reminder]:
    """Reminders inside the code ranges, newest first."""
    if not ranges:
        return []
    where: list[Any] = [or_(false(), *(_Row.area_code.between(low, high) for low, high in ranges))]
    if state is not None:
        where.append(_Row.state == state)
    if after is not None:
        due_at, last_id = after
        where.append(or_(_Row.due_at < due_at, and_(_Row.due_at == due_at, _Row.id < last_id)))
    rows = session.scalars(
        select(_Row).where(*where).order_by(_Row.due_at.desc(), _Row.id.desc()).limit(limit)
    )
    return [_reminder(row) for row in rows]
