"""Adding to the audit, linking it into its chain, reading it. There is no changing and no removing
(S42)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from backend.audit.model import Actor, AuditEntry, Link
from backend.audit.tables import AuditRow, AuditSealRow
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


def how_often(session: Session, actor_id: str, action: str, since: datetime, enough: int) -> int:
    """How many rows of somebody's action there are since an instant, up to ``enough``."""
    some = (
        select(AuditRow.seq)
        .where(AuditRow.actor_id == actor_id, AuditRow.at > since, AuditRow.action == action)
        .limit(enough)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) or 0


_LINK = (
    update(table_of(AuditRow))
    .where(table_of(AuditRow).c.seq == bindparam("of"), table_of(AuditRow).c.hash.is_(None))
    .values(previous_hash=bindparam("before"), hash=bindparam("own"))
)


def last_seal(session: Session) -> tuple[int, str] | None:
    """Number of the last sealing and the end of the chain after it."""
    row = session.scalars(select(AuditSealRow).order_by(AuditSealRow.no.desc()).limit(1)).first()
    return None if row is None else (row.no, row.head)


def unsealed(session: Session, limit: int) -> list[AuditEntry]:
    """Committed rows without a link, by number."""
    rows = session.scalars(
        select(AuditRow).where(AuditRow.hash.is_(None)).order_by(AuditRow.seq).limit(limit)
    )
    return [_entry(row) for row in rows]


def oldest_unsealed(session: Session) -> datetime | None:
    """When the oldest row was written that has no link yet."""
    found: datetime | None = session.scalar(
        select(AuditRow.at).where(AuditRow.hash.is_(None)).order_by(AuditRow.seq).limit(1)
    )
    return found


def seal(session: Session, no: int, links: Sequence[Link], at: datetime) -> None:
    """Write links down as one sealing.

    :raises sqlalchemy.exc.IntegrityError: another job has done it meanwhile
    """
    row = {"no": no, "at": at, "rows": len(links), "head": links[-1].hash}
    session.execute(insert(table_of(AuditSealRow)).values(row))
    session.execute(
        _LINK, [{"of": one.seq, "before": one.previous_hash, "own": one.hash} for one in links]
    )


def heads(session: Session) -> list[str]:
    """The end of the chain after each sealing, oldest first."""
    return list(session.scalars(select(AuditSealRow.head).order_by(AuditSealRow.no)))


def everything(session: Session) -> Iterator[tuple[AuditEntry, Link | None]]:
    """Every row by number, with its link once it has one; read in parts."""
    rows = session.scalars(
        select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=2000)
    )
    for row in rows:
        before, own = row.previous_hash, row.hash
        yield _entry(row), None if before is None or own is None else Link(row.seq, before, own)
        session.expunge(row)


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
