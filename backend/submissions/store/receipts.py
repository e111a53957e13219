"""Exactly once lives here: one row an envelope, its number taken once a device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.db import table_of
from backend.submissions.model import Taken
from backend.submissions.tables import ReceiptRow

_TABLE = table_of(ReceiptRow)
_TAKE = {
    name: dialect.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_SEEN = select(_TABLE).where(
    or_(
        _TABLE.c.id == bindparam("id"),
        and_(_TABLE.c.device_id == bindparam("device_id"), _TABLE.c.seq == bindparam("seq")),
    )
)


def _taken(row: Any) -> Taken:
    return Taken(
        id=row.id,
        device_id=row.device_id,
        seq=row.seq,
        sha256=row.sha256,
        status=row.status,
        reason=row.reason,
        submission_id=row.submission_id,
        summary=row.summary,
        received_at=row.received_at,
    )


def take(session: Session, taken: Taken, county_code: str) -> bool:
    """Take an envelope, unless its id or its device's number is taken already.

    Waits for another transaction that is taking the same one.

    :returns: False when somebody else took it first
    """
    done = session.execute(
        _TAKE[session.get_bind().dialect.name],
        {
            "id": taken.id,
            "device_id": taken.device_id,
            "seq": taken.seq,
            "sha256": taken.sha256,
            "county_code": county_code,
            "status": taken.status,
            "reason": taken.reason,
            "submission_id": taken.submission_id,
            "summary": dict(taken.summary),
            "received_at": taken.received_at,
        },
    ).first()
    return done is not None


def settle(session: Session, taken: Taken) -> None:
    """Write the outcome of an envelope that had been held or quarantined."""
    session.execute(
        update(ReceiptRow)
        .where(ReceiptRow.id == taken.id)
        .values(
            status=taken.status,
            reason=taken.reason,
            submission_id=taken.submission_id,
            summary=dict(taken.summary),
        )
    )


def by_ids(session: Session, ids: Iterable[str]) -> dict[str, Taken]:
    """What was taken under these envelope ids."""
    rows = session.scalars(select(ReceiptRow).where(ReceiptRow.id.in_(set(ids))))
    return {row.id: _taken(row) for row in rows}


def seen(
    session: Session, envelope_id: str, device_id: str, seq: int
) -> tuple[Taken | None, str | None]:
    """What was taken under this id, and the id under which this device's number was taken."""
    rows = session.execute(_SEEN, {"id": envelope_id, "device_id": device_id, "seq": seq})
    same_id, same_seq = None, None
    for row in rows:
        if row.id == envelope_id:
            same_id = _taken(row)
        if (row.device_id, row.seq) == (device_id, seq):
            same_seq = row.id
    return same_id, same_seq


def seqs(session: Session, device_id: str) -> list[int]:
    """Every number that arrived from a device."""
    return list(
        session.scalars(
            select(ReceiptRow.seq)
            .where(ReceiptRow.device_id == device_id, ReceiptRow.seq.is_not(None))
            .order_by(ReceiptRow.seq)
        )
    )
