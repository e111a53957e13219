"""Exactly once lives here: one row an envelope, its number taken once a device."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, tuple_, update
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


def seq_owners(session: Session, numbers: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """(device, number) -> id of the envelope that took it."""
    rows = session.execute(
        select(ReceiptRow.device_id, ReceiptRow.seq, ReceiptRow.id).where(
            tuple_(ReceiptRow.device_id, ReceiptRow.seq).in_(list(set(numbers)))
        )
    )
    return {(device_id, seq): row_id for device_id, seq, row_id in rows if seq is not None}


def seqs(session: Session, device_id: str) -> list[int]:
    """Every number that arrived from a device."""
    return list(
        session.scalars(
            select(ReceiptRow.seq)
            .where(ReceiptRow.device_id == device_id, ReceiptRow.seq.is_not(None))
            .order_by(ReceiptRow.seq)
        )
    )
