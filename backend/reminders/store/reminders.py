"""Reminders: the rows are the truth, whatever became of the process that worked on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Exists, and_, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.areas import within
from backend.kernel.db import is_postgresql
from backend.kernel.ids import new_id
from backend.reminders.model import (
    CANCELLED,
    CONFIRMED,
    FAILED,
    FAMILY,
    PLANNED,
    SENT,
    SMS,
    UNREACHABLE,
    WEB_PUSH,
    Reminder,
    ReminderPlan,
)
from backend.reminders.rules import ladder
from backend.reminders.rules.ladder import Place
from backend.reminders.rules.outcomes import Settlement
from backend.reminders.tables import PushSubscriptionRow, ReminderRow

MOST_CLAIMS = 20
"""What was taken up so often and never settled kills its worker: it is left to expire."""

_Row = ReminderRow


def reminder_of(row: ReminderRow) -> Reminder:
    """A row as a noun."""
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
        rung=row.rung,
        climb_at=row.climb_at,
    )


def plan(session: Session, plans: Iterable[ReminderPlan], now: datetime) -> int:
    """Make the reminders that do not exist yet; how many were made.

    Uniqueness is the table's: two planners at once, or one planner twice, make one row.
    """
    rows = [_values(one, now) for one in plans]
    # One order for everybody, or two planners that meet would deadlock.
    rows.sort(key=lambda row: (row["addressee_id"], row["reason"], row["occurrence"]))
    if not rows:
        return 0
    insert = (postgresql if is_postgresql(session) else sqlite).insert(_Row)
    statement = insert.on_conflict_do_nothing().returning(_Row.id)
    return len(session.execute(statement, rows).all())


def _values(one: ReminderPlan, now: datetime) -> dict[str, Any]:
    place = ladder.start(one.first_rung, one.due_at)
    return {
        "id": new_id(),
        "addressee_kind": one.addressee_kind,
        "addressee_id": one.addressee_id,
        "reason": one.reason,
        "occurrence": one.occurrence,
        "area_code": one.area_code,
        "due_at": one.due_at,
        "expires_at": one.expires_at,
        "message": dict(one.message),
        "state": place.state,
        "rung": place.rung,
        "climb_at": place.climb_at,
        "attempts": 0,
        "updated_at": now,
    }


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
    return sorted(map(reminder_of, rows), key=lambda one: (one.due_at, one.id))


def is_held(session: Session, reminder_id: str, holder: str, now: datetime) -> bool:
    """False once it was cancelled, or the holder was so slow that somebody else took over."""
    return session.scalar(select(_held(reminder_id, holder, now))) or False


def may_go(
    session: Session, reminder_id: str, holder: str, now: datetime, address_id: str
) -> tuple[bool, bool]:
    """The question before each sending: still held, as :func:`is_held`, and the address live."""
    live = exists().where(
        PushSubscriptionRow.id == address_id, PushSubscriptionRow.ended_at.is_(None)
    )
    held, is_live = session.execute(select(_held(reminder_id, holder, now), live)).one()
    return held, is_live


def _held(reminder_id: str, holder: str, now: datetime) -> Exists:
    return exists().where(
        _Row.id == reminder_id,
        _Row.state == PLANNED,
        _Row.leased_by == holder,
        _Row.lease_until > now,
    )


def settle(
    session: Session,
    reminder_ids: Collection[str],
    holder: str,
    settlement: Settlement,
    now: datetime,
) -> int:
    """Write what these became; those that were cancelled or taken over meanwhile stay as they are.

    :returns: how many were written
    """
    written = session.execute(
        update(_Row)
        .where(_Row.id.in_(reminder_ids), _Row.state == PLANNED, _Row.leased_by == holder)
        .values(
            state=settlement.state,
            lease_until=settlement.rest_until,
            leased_by=None,
            channel=settlement.channel,
            updated_at=now,
        )
        .returning(_Row.id)
    )
    return len(written.all())


def place(
    session: Session,
    reminder_ids: Collection[str],
    holder: str | None,
    to: Place,
    now: datetime,
    *,
    attempts: int = 0,
) -> int:
    """Put messages on their rung, but for those cancelled, confirmed or taken over meanwhile.

    :param holder: who sends them just now; nothing when nobody does
    :param attempts: how often each was tried on that rung
    :returns: how many were put there
    """
    values: dict[str, Any] = {
        "state": to.state,
        "rung": to.rung,
        "climb_at": to.climb_at,
        "channel": to.channel,
        "attempts": attempts,
        "lease_until": None,
        "leased_by": None,
        "updated_at": now,
    }
    if to.due_at is not None:
        values |= {"due_at": to.due_at, "expires_at": to.expires_at}
    mine = (
        _Row.state.in_((SENT, UNREACHABLE))
        if holder is None
        else and_(_Row.state == PLANNED, _Row.leased_by == holder)
    )
    written = session.execute(
        update(_Row).where(_Row.id.in_(reminder_ids), mine).values(values).returning(_Row.id)
    )
    return len(written.all())


def due_to_climb(session: Session, now: datetime, limit: int) -> list[Reminder]:
    """Messages whose rung was not confirmed in its time; locked until the transaction ends."""
    rows = session.scalars(
        select(_Row)
        .where(_Row.climb_at <= now, _Row.state.in_((SENT, UNREACHABLE)))
        .order_by(_Row.climb_at, _Row.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [reminder_of(row) for row in rows]


def confirm(session: Session, reminder_id: str, channel: str, now: datetime) -> bool:
    """They were reached; false when that was known, or the message is over."""
    return bool(_confirm(session, channel, now, _Row.id == reminder_id, _OPEN))


def confirm_seen(session: Session, addressee_kind: str, addressee_id: str, now: datetime) -> int:
    """They came and looked: whatever was out or waited for a person has done its work."""
    whose = and_(_Row.addressee_kind == addressee_kind, _Row.addressee_id == addressee_id)
    return len(_confirm(session, _Row.channel, now, whose, (SENT, UNREACHABLE)))


_OPEN = (PLANNED, SENT, UNREACHABLE)


def _confirm(
    session: Session, channel: Any, now: datetime, whose: ColumnElement[bool], states: Sequence[str]
) -> Sequence[Any]:
    return session.execute(
        update(_Row)
        .where(whose, _Row.state.in_(states))
        .values(state=CONFIRMED, channel=channel, climb_at=None, updated_at=now)
        .returning(_Row.id)
    ).all()


def cancel(session: Session, now: datetime, **where: str) -> int:
    """Cancel what is still planned, by ``addressee_id``, ``reason``, ...; how many there were.

    One that is being sent this moment is cancelled too: its tries are kept, it is not tried again.
    """
    cancelled = session.execute(
        update(_Row)
        .where(or_(_Row.state == PLANNED, _Row.state == UNREACHABLE))
        .filter_by(**where)
        .values(state=CANCELLED, climb_at=None, updated_at=now)
        .returning(_Row.id)
    )
    return len(cancelled.all())


def cancel_ids(session: Session, ids: Sequence[str], now: datetime) -> int:
    """Cancel these where they are still planned or wait for a person; how many there were."""
    cancelled = session.execute(
        update(_Row)
        .where(_Row.id.in_(ids), or_(_Row.state == PLANNED, _Row.state == UNREACHABLE))
        .values(state=CANCELLED, climb_at=None, updated_at=now)
        .returning(_Row.id)
    )
    return len(cancelled.all())


def by_id(session: Session, reminder_id: str) -> Reminder | None:
    """A reminder by id."""
    row = session.get(_Row, reminder_id)
    return None if row is None else reminder_of(row)


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
    """Settle what was not sent while it was worth it; how many there were.

    A family's SMS that missed its day goes on up its ladder. Everything else has failed: a first
    rung that was never tried is planned anew.
    """
    late = and_(
        _Row.state == PLANNED,
        _Row.expires_at <= now,
        or_(_Row.lease_until.is_(None), _Row.lease_until <= now),
    )
    values = {"leased_by": None, "lease_until": None, "updated_at": now}
    climbing = session.execute(
        update(_Row)
        .where(late, _Row.addressee_kind == FAMILY, _Row.rung == SMS)
        .values(state=SENT, climb_at=now, **values)
        .returning(_Row.id)
    )
    failed = session.execute(
        update(_Row).where(late).values(state=FAILED, **values).returning(_Row.id)
    )
    return len(climbing.all()) + len(failed.all())


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
    """Addressee -> the messages of a reason that went out, still will, or wait for a person.

    One that never left its first rung is not among them: it may be planned anew. One that failed
    on a later rung, or that a gateway refused, had its chance.
    """
    rows = session.execute(
        select(_Row.addressee_id, _Row.message).where(
            _Row.addressee_kind == addressee_kind,
            _Row.addressee_id.in_(set(addressee_ids)),
            _Row.reason == reason,
            or_(
                _Row.state.in_((PLANNED, SENT, CONFIRMED, UNREACHABLE)),
                and_(_Row.state == FAILED, _had_its_chance()),
            ),
        )
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for addressee_id, message in rows:
        found.setdefault(addressee_id, []).append(message)
    return found


def _had_its_chance() -> ColumnElement[bool]:
    """A resident's SMS begins on its rung: one that never went has no channel."""
    return or_(
        and_(_Row.addressee_kind == FAMILY, _Row.rung != WEB_PUSH), _Row.channel.is_not(None)
    )


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
    where: list[Any] = [within(_Row.area_code, ranges)]
    if state is not None:
        where.append(_Row.state == state)
    if after is not None:
        due_at, last_id = after
        where.append(or_(_Row.due_at < due_at, and_(_Row.due_at == due_at, _Row.id < last_id)))
    rows = session.scalars(
        select(_Row).where(*where).order_by(_Row.due_at.desc(), _Row.id.desc()).limit(limit)
    )
    return [reminder_of(row) for row in rows]


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest reminder is due that nobody has sent and that still could be."""
    found: datetime | None = session.scalar(
        select(_Row.due_at)
        .where(_Row.state == PLANNED, _Row.due_at <= now, _Row.expires_at > now)
        .order_by(_Row.due_at)
        .limit(1)
    )
    return found
