"""Queries on requests about residents' own data, and on residents taken out of use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.kernel.vault import Vault
from backend.rights.model import OPEN, RightsRequest, Sealing
from backend.rights.tables import RightsRequestRow, SealingRow


def _request(row: RightsRequestRow, vault: Vault) -> RightsRequest:
    return RightsRequest(
        id=row.id,
        resident_id=row.resident_id,
        village_code=row.village_code,
        kind=row.kind,
        asked_by=row.asked_by,
        note=vault.unlock(row.note_locked),
        received_at=row.received_at,
        due_on=row.due_on,
        taken_by=row.taken_by,
        state=row.state,
        outcome=vault.unlock(row.outcome_locked),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def add(session: Session, vault: Vault, new: RightsRequest) -> None:
    """Keep a request."""
    session.add(
        RightsRequestRow(
            id=new.id,
            resident_id=new.resident_id,
            village_code=new.village_code,
            kind=new.kind,
            asked_by=new.asked_by,
            note_locked=vault.lock(new.note),
            received_at=new.received_at,
            due_on=new.due_on,
            taken_by=new.taken_by,
            state=new.state,
        )
    )
    session.flush()


def by_id(session: Session, vault: Vault, request_id: str) -> RightsRequest | None:
    """One request, held against other writers until this transaction ends."""
    row = session.get(RightsRequestRow, request_id, with_for_update=True)
    return None if row is None else _request(row, vault)


def of_resident(session: Session, vault: Vault, resident_id: str) -> list[RightsRequest]:
    """Every request about a resident, newest first."""
    rows = session.scalars(
        select(RightsRequestRow)
        .where(RightsRequestRow.resident_id == resident_id)
        .order_by(RightsRequestRow.received_at.desc(), RightsRequestRow.id)
    )
    return [_request(row, vault) for row in rows]


def waiting(
    session: Session, vault: Vault, areas: Iterable[str], limit: int
) -> list[RightsRequest]:
    """Open requests of these areas, the most pressing first."""
    rows = session.scalars(
        select(RightsRequestRow)
        .where(
            within(RightsRequestRow.village_code, map(bounds, areas)),
            RightsRequestRow.state == OPEN,
        )
        .order_by(RightsRequestRow.due_on, RightsRequestRow.id)
        .limit(limit)
    )
    return [_request(row, vault) for row in rows]


def late(session: Session, today: date) -> int:
    """How many open requests were due before a day."""
    found = select(func.count()).select_from(RightsRequestRow)
    where = (RightsRequestRow.state == OPEN, RightsRequestRow.due_on < today)
    return session.scalar(found.where(*where)) or 0


def close(session: Session, vault: Vault, done: RightsRequest) -> None:
    """Write down how a request was answered."""
    session.execute(
        update(RightsRequestRow)
        .where(RightsRequestRow.id == done.id)
        .values(
            state=done.state,
            outcome_locked=vault.lock(done.outcome),
            closed_at=done.closed_at,
            closed_by=done.closed_by,
        )
    )


def closed_before(session: Session, instant: datetime) -> int:
    """How many requests were answered before an instant."""
    found = select(func.count()).select_from(RightsRequestRow)
    return session.scalar(found.where(RightsRequestRow.closed_at < instant)) or 0


def forget_closed(session: Session, instant: datetime) -> None:
    """Remove the requests that were answered before an instant."""
    session.execute(delete(RightsRequestRow).where(RightsRequestRow.closed_at < instant))


# ── residents taken out of use ───────────────────────────────────────────────────────────────────


def _sealing(row: SealingRow) -> Sealing:
    return Sealing(
        resident_id=row.resident_id,
        village_code=row.village_code,
        sealed_at=row.sealed_at,
        sealed_by=row.sealed_by,
        until=row.until,
        is_kept=row.box_locked is not None,
    )


def seal(session: Session, vault: Vault, new: Sealing, box: Mapping[str, Any] | None) -> None:
    """Write down that a resident was taken out of use.

    :param box: what named them; nothing when it is not kept
    """
    session.add(
        SealingRow(
            resident_id=new.resident_id,
            village_code=new.village_code,
            sealed_at=new.sealed_at,
            sealed_by=new.sealed_by,
            until=new.until,
            box_locked=vault.lock_json(box),
        )
    )
    session.flush()


def sealing(session: Session, resident_id: str) -> Sealing | None:
    """That a resident was taken out of use; nothing for everybody else."""
    row = session.get(SealingRow, resident_id)
    return None if row is None else _sealing(row)


def sealed_in(session: Session, areas: Iterable[str]) -> set[str]:
    """Ids of the residents of these areas who were taken out of use."""
    inside = within(SealingRow.village_code, map(bounds, areas))
    return set(session.scalars(select(SealingRow.resident_id).where(inside)))


def unseal(session: Session, vault: Vault, resident_id: str) -> Mapping[str, Any]:
    """What named a resident, who is in use again; nothing when it was erased."""
    row = session.get_one(SealingRow, resident_id)
    box: Mapping[str, Any] = vault.unlock_json(row.box_locked)
    session.delete(row)
    session.flush()
    return box


def over(session: Session, today: date, limit: int) -> list[Sealing]:
    """Residents out of use whose name need not be kept any longer, and still is."""
    rows = session.scalars(
        select(SealingRow)
        .where(
            SealingRow.box_locked.is_not(None),
            or_(SealingRow.until.is_(None), SealingRow.until < today),
        )
        .order_by(SealingRow.resident_id)
        .limit(limit)
    )
    return [_sealing(row) for row in rows]


def erase(session: Session, resident_id: str) -> None:
    """Destroy what named a resident."""
    session.execute(
        update(SealingRow).where(SealingRow.resident_id == resident_id).values(box_locked=None)
    )
