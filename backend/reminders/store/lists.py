"""Whom a person must reach, and how far each rung reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from backend.kernel.areas import within
from backend.reminders.model import (
    AT_HOME,
    CANCELLED,
    CONFIRMED,
    FAMILY,
    LADDER,
    REACTION,
    UNREACHABLE,
    URGENT,
    WORKER,
    Reach,
    Reminder,
)
from backend.reminders.store.reminders import reminder_of
from backend.reminders.tables import DeliveryAttemptRow, ReminderRow

_Row = ReminderRow
_Try = DeliveryAttemptRow

Ranges = Sequence[tuple[str, str]]


def _inside(ranges: Ranges) -> ColumnElement[bool]:
    return within(_Row.area_code, ranges)


def on_rung(
    session: Session, ranges: Ranges, rung: str, after: tuple[datetime, str] | None, limit: int
) -> list[Reminder]:
    """Families' messages that wait for a person on this rung, the oldest first."""
    if not ranges:
        return []
    where: list[Any] = [_inside(ranges), *_waiting(), _Row.rung == rung]
    if after is not None:
        due_at, last_id = after
        where.append(or_(_Row.due_at > due_at, and_(_Row.due_at == due_at, _Row.id > last_id)))
    rows = session.scalars(select(_Row).where(*where).order_by(_Row.due_at, _Row.id).limit(limit))
    return [reminder_of(row) for row in rows]


def urgent_since(session: Session, ranges: Ranges, since: datetime) -> list[tuple[str, str, str]]:
    """Kind, reason and village of what accounts inside the ranges were told at once since then."""
    reason = _Row.reason
    rows = session.execute(
        select(reason, _Row.area_code)
        .where(
            _inside(ranges),
            _Row.addressee_kind == WORKER,
            _Row.due_at >= since,
            _Row.state != CANCELLED,
            or_(
                reason.startswith(f"{URGENT}:", autoescape=True),
                reason.startswith(f"{REACTION}:", autoescape=True),
            ),
        )
        .distinct()
        .order_by(reason)
    )
    return [(reason.partition(":")[0], reason, village) for reason, village in rows]


def waiting_for_people(session: Session, after: str | None, limit: int) -> list[Reminder]:
    """Everywhere, page by page: to take off the lists what has been settled otherwise."""
    where = [*_waiting()] + ([] if after is None else [_Row.id > after])
    return [
        reminder_of(row)
        for row in session.scalars(select(_Row).where(*where).order_by(_Row.id).limit(limit))
    ]


def _waiting() -> tuple[ColumnElement[bool], ...]:
    return (_Row.state == UNREACHABLE, _Row.addressee_kind == FAMILY)


def reach(session: Session, ranges: Ranges, since: datetime, until: datetime) -> list[Reach]:
    """How far each rung reached with the messages to homes due in a time, and what it cost."""
    if not ranges:
        return []
    reached = and_(_Row.state == CONFIRMED, _Row.channel == _Try.channel)
    rows = session.execute(
        select(
            _Try.channel,
            func.count(_Row.id.distinct()),
            func.count(_Row.id.distinct()).filter(reached),
            func.sum(_Try.cost_fen),
        )
        .join(_Row, _Row.id == _Try.reminder_id)
        .where(
            _inside(ranges),
            _Row.addressee_kind.in_(AT_HOME),
            _Row.due_at >= since,
            _Row.due_at < until,
        )
        .group_by(_Try.channel)
    )
    found = {row[0]: Reach(row[0], row[1], row[2], row[3] or 0) for row in rows}
    return [found.get(rung, Reach(rung, 0, 0, 0)) for rung in LADDER]


def outcome_of_all(
    session: Session, ranges: Ranges, since: datetime, until: datetime
) -> dict[str, int]:
    """State -> how many of the messages to homes due in a time are in it."""
    if not ranges:
        return {}
    rows = session.execute(
        select(_Row.state, func.count())
        .where(
            _inside(ranges),
            _Row.addressee_kind.in_(AT_HOME),
            _Row.due_at >= since,
            _Row.due_at < until,
        )
        .group_by(_Row.state)
    )
    return {state: number for state, number in rows}
