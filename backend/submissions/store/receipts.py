"""Exactly once lives here: one row an envelope, its number taken once a device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.among import among
from backend.kernel.db import table_of
from backend.submissions.model import Header, Taken
from backend.submissions.tables import ReceiptRow

_TABLE = table_of(ReceiptRow)
_TAKE = {
    name: dialect.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_SEEN = select(_TABLE).where(
    or_(
        among(_TABLE.c.id, "ids"),
        and_(
            among(_TABLE.c.device_id, "device_ids"),
            among(_TABLE.c.seq, "seqs"),
        ),
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


def take(session: Session, taken: Iterable[tuple[Taken, str]]) -> set[str]:
    """Take envelopes, except those whose id or device's number is taken already.

    Waits for another transaction that is taking the same one.

    :param taken: with the county of each
    :returns: ids of those that were taken now; the others somebody else took first
    """
    rows = [_values(one, county_code) for one, county_code in taken]
    if not rows:
        return set()
    return set(session.scalars(_TAKE[session.get_bind().dialect.name], rows))


def _values(taken: Taken, county_code: str) -> dict[str, Any]:
    return {
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
    }


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
    session: Session, headers: Iterable[Header]
) -> tuple[dict[str, Taken], dict[tuple[str, int], str]]:
    """What was taken under the ids of these envelopes, by id; and the ids under which the numbers
    of these devices were taken, by device and number.
    """
    asked = list(headers)
    rows = session.execute(
        _SEEN,
        {
            "ids": [one.id for one in asked],
            "device_ids": list({one.device_id for one in asked}),
            "seqs": list({one.seq for one in asked}),
        },
    ).all()
    return (
        {row.id: _taken(row) for row in rows},
        {(row.device_id, row.seq): row.id for row in rows},
    )


def seqs(session: Session, device_id: str) -> list[int]:
    """Every number that arrived from a device."""
    return list(
        session.scalars(
            select(ReceiptRow.seq)
            .where(ReceiptRow.device_id == device_id, ReceiptRow.seq.is_not(None))
            .order_by(ReceiptRow.seq)
        )
    )


def gaps(session: Session) -> tuple[int, int]:
    """(phones, numbers): how many phones lack a number below their highest, and how many."""
    missing = func.max(ReceiptRow.seq) - func.count(ReceiptRow.seq)
    by_phone = (
        select(missing.label("missing"))
        .where(ReceiptRow.seq.is_not(None))
        .group_by(ReceiptRow.device_id)
        .having(missing > 0)
        .subquery()
    )
    phones, numbers = session.execute(
        select(func.count(), func.coalesce(func.sum(by_phone.c.missing), 0))
    ).one()
    return int(phones), int(numbers)
