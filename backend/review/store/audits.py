"""Queries on sampling audits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.kernel.db import table_of
from backend.kernel.vault import Vault
from backend.review.model import Audit, AuditItem
from backend.review.tables import AuditItemRow, AuditRow


def add(session: Session, audit: Audit, items: Sequence[AuditItem]) -> None:
    """Keep a drawn sample."""
    session.add(
        AuditRow(
            id=audit.id,
            area_code=audit.area_code,
            programme=audit.programme,
            from_on=audit.from_on,
            to_on=audit.to_on,
            method=audit.method,
            seed=audit.seed,
            frame_size=audit.frame_size,
            drawn_by=audit.drawn_by,
            drawn_at=audit.drawn_at,
        )
    )
    session.flush()
    rows = [
        {
            "id": one.id, "audit_id": audit.id, "no": one.no, "resident_id": one.resident_id,
            "village_code": one.village_code, "submission_id": one.submission_id,
            "worker_id": one.worker_id,
        }
        for one in items
    ]  # fmt: skip
    if rows:
        session.execute(insert(table_of(AuditItemRow)), rows)


def inside(session: Session, areas: Sequence[str]) -> list[Audit]:
    """Audits of the areas and of what lies inside them, the newest first."""
    inside_them = within(AuditRow.area_code, map(bounds, areas))
    rows = session.scalars(select(AuditRow).where(inside_them).order_by(AuditRow.drawn_at.desc()))
    return [_audit(row) for row in rows]


def by_id(session: Session, audit_id: str) -> Audit | None:
    """An audit."""
    row = session.get(AuditRow, audit_id)
    return None if row is None else _audit(row)


def items(session: Session, audit_ids: Iterable[str]) -> dict[str, list[AuditItem]]:
    """Audit -> its residents, in order."""
    ids = set(audit_ids)
    found: dict[str, list[AuditItem]] = {one: [] for one in ids}
    rows = session.scalars(
        select(AuditItemRow).where(AuditItemRow.audit_id.in_(ids)).order_by(AuditItemRow.no)
    )
    for row in rows:
        found[row.audit_id].append(_item(row))
    return found


def answer(
    session: Session,
    vault: Vault,
    item: AuditItem,
    answers: Mapping[str, Any],
    hidden: Mapping[str, Any],
    asked_by: str,
    now: datetime,
) -> None:
    """Keep what a resident said; a second call replaces the first."""
    session.execute(
        update(AuditItemRow)
        .where(AuditItemRow.id == item.id)
        .values(
            answered_by=answers.get("answered_by"),
            agrees=answers.get("agrees"),
            answers=dict(answers),
            private_locked=vault.lock_json(dict(hidden)),
            asked_by=asked_by,
            asked_at=now,
        )
    )


def _audit(r: Any) -> Audit:
    return Audit(
        r.id, r.area_code, r.programme, r.from_on, r.to_on, r.method, r.seed, r.frame_size,
        r.drawn_by, r.drawn_at,
    )  # fmt: skip


def _item(r: Any) -> AuditItem:
    return AuditItem(
        r.id, r.no, r.resident_id, r.village_code, r.submission_id, r.worker_id, r.answered_by,
        r.agrees, r.answers, r.asked_by, r.asked_at,
    )  # fmt: skip
