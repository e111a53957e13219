"""Envelopes kept as they travelled: not understood, out of scope, refused, or waiting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.geo.rules import bounds, county_of
from backend.kernel.areas import within
from backend.kernel.db import by_id, is_postgresql, rows_by_id, table_of
from backend.kernel.vault import Vault
from backend.submissions.model import Quarantined
from backend.submissions.tables import QuarantineRow

_TABLE = table_of(QuarantineRow)
_WAITING = by_id(QuarantineRow, "waits_for", order=("received_at", "id"))


def _quarantined(row: Any, vault: Vault) -> Quarantined:
    return Quarantined(
        id=row.id,
        envelope_id=row.envelope_id,
        sha256=row.sha256,
        device_id=row.device_id,
        account_id=row.account_id,
        township_code=row.township_code,
        kind=row.kind,
        reason=row.reason,
        waits_for=row.waits_for,
        state=row.state,
        received_at=row.received_at,
        envelope=vault.unlock_bytes(row.envelope),
    )


def keep(session: Session, vault: Vault, entry: Quarantined) -> None:
    """Keep an envelope, once: the same bytes sent again are not kept twice."""
    dialect = postgresql if is_postgresql(session) else sqlite
    session.execute(
        dialect.insert(QuarantineRow)
        .values(
            id=entry.id,
            envelope_id=entry.envelope_id,
            sha256=entry.sha256,
            device_id=entry.device_id,
            account_id=entry.account_id,
            county_code=None if entry.township_code is None else county_of(entry.township_code),
            township_code=entry.township_code,
            kind=entry.kind,
            reason=entry.reason,
            waits_for=entry.waits_for,
            envelope=vault.lock_bytes(entry.envelope),
            state=entry.state,
            received_at=entry.received_at,
        )
        .on_conflict_do_nothing()
    )


def waiting_for(session: Session, vault: Vault, ids: Iterable[str]) -> list[Quarantined]:
    """Held envelopes whose missing subject or base version is one of these, oldest first."""
    # Asked for in SQL, SQLite would take the index of the kinds and walk through all that are held.
    return [
        _quarantined(row, vault)
        for row in rows_by_id(session, _WAITING, ids)
        if row.kind == "held" and row.state == "open"
    ]


def settle(session: Session, entry_id: str, state: str, now: datetime) -> None:
    """Mark an entry as applied or dismissed."""
    session.execute(
        update(QuarantineRow)
        .where(QuarantineRow.id == entry_id)
        .values(state=state, settled_at=now)
    )


def open_entries(
    session: Session, vault: Vault, areas: Sequence[str], limit: int
) -> list[Quarantined]:
    """What waits for a person inside the areas, newest first."""
    rows = session.scalars(
        select(QuarantineRow)
        .where(
            within(QuarantineRow.township_code, map(bounds, areas)),
            QuarantineRow.state == "open",
        )
        .order_by(QuarantineRow.received_at.desc(), QuarantineRow.id)
        .limit(limit)
    )
    return [_quarantined(row, vault) for row in rows]


def entry(session: Session, vault: Vault, entry_id: str) -> Quarantined | None:
    """One entry."""
    row = session.get(QuarantineRow, entry_id)
    return None if row is None else _quarantined(row, vault)


def waiting(session: Session) -> dict[str, tuple[int, datetime]]:
    """Kind -> how many wait, and since when the oldest does."""
    found = session.execute(
        select(QuarantineRow.kind, func.count(), func.min(QuarantineRow.received_at))
        .where(QuarantineRow.state == "open")
        .group_by(QuarantineRow.kind)
    )
    return {kind: (number, since) for kind, number, since in found}
