"""Adding to the audit and reading it. There is no changing and no removing (S42)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.audit.model import Actor, AuditEntry
from backend.audit.tables import AuditRow
from backend.kernel.db import table_of

_APPEND = insert(table_of(AuditRow)).inline()  # nobody asks which number it was given


def append(session: Session, entries: Iterable[AuditEntry]) -> None:
    """Add entries; their ``seq`` is given by the database."""
    rows = [_values(entry) for entry in entries]
    if rows:
        session.execute(_APPEND, rows)


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor_id": entry.actor.id,
        "actor_kind": entry.actor.kind,
        "device_id": entry.actor.device_id,
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "area_code": entry.area_code,
        "detail": dict(entry.detail),
        "request_id": entry.request_id,
    }


def of_object(session: Session, object_kind: str, object_id: str) -> list[AuditEntry]:
    """What was done to an object, oldest first."""
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.object_kind == object_kind, AuditRow.object_id == object_id)
        .order_by(AuditRow.seq)
    )
    return [_entry(row) for row in rows]


def by_actor(session: Session, actor_id: str) -> list[AuditEntry]:
    """What somebody did, oldest first."""
    rows = session.scalars(
        select(AuditRow).where(AuditRow.actor_id == actor_id).order_by(AuditRow.seq)
    )
    return [_entry(row) for row in rows]


def of_action(session: Session, action: str) -> list[AuditEntry]:
    """Everything of one kind that was done, oldest first."""
    rows = session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.seq))
    return [_entry(row) for row in rows]


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=Actor(row.actor_kind, row.actor_id, row.device_id),
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        area_code=row.area_code,
        detail=row.detail,
        request_id=row.request_id,
    )
