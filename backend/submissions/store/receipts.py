"""Exactly once lives here: one row an envelope, its number taken once a device."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.db import is_postgresql
from backend.submissions.model import Taken
from backend.submissions.tables import ReceiptRow


def _taken(row: ReceiptRow) -> Taken:
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
    dialect = postgresql if is_postgresql(session) else sqlite
    done = session.execute(
        dialect.insert(ReceiptRow)
        .values(
            id=taken.id,
            device_id=taken.device_id,
            seq=taken.seq,
            sha256=taken.sha256,
            county_code=county_code,
            status=taken.status,
            reason=taken.reason,
            submission_id=taken.submission_id,
            summary=dict(taken.summary),
            received_at=taken.received_at,
        )
        .on_conflict_do_nothing()
        .returning(ReceiptRow.id)
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
    rows = session.scalars(
        select(ReceiptRow).where(
            or_(
                ReceiptRow.id == envelope_id,
                and_(ReceiptRow.device_id == device_id, ReceiptRow.seq == seq),
            )
        )
    )
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
