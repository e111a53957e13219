"""Queries on how workers' visits stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.kernel.clock import iso, parse_instant
from backend.review.model import Credibility, Profile, Signal
from backend.review.tables import CredibilityRow


def marks(session: Session) -> dict[str, str]:
    """Worker -> mark of the visits from which their profile was counted."""
    rows = session.execute(select(CredibilityRow.worker_id, CredibilityRow.mark))
    return {worker_id: mark for worker_id, mark in rows}


def save(session: Session, found: Credibility, mark: str) -> None:
    """Insert or replace a worker's row; when the doctor last looked is kept."""
    before = session.get(CredibilityRow, found.worker_id)
    row = before or CredibilityRow(worker_id=found.worker_id, seen_at=None)
    row.township_code = found.township_code
    row.from_on, row.to_on, row.mark = found.from_on, found.to_on, mark
    row.profile = asdict(found.profile)
    row.signals = [_told(signal) for signal in found.signals]
    row.score, row.worked_out_at = found.score, found.worked_out_at
    session.add(row)
    session.flush()


def rescore(session: Session, found: Credibility) -> None:
    """Replace signals and score."""
    session.execute(
        update(CredibilityRow)
        .where(CredibilityRow.worker_id == found.worker_id)
        .values(
            signals=[_told(signal) for signal in found.signals],
            score=found.score,
            worked_out_at=found.worked_out_at,
        )
    )


def seen(session: Session, worker_id: str, now: datetime) -> None:
    """The doctor has looked."""
    session.execute(
        update(CredibilityRow).where(CredibilityRow.worker_id == worker_id).values(seen_at=now)
    )


def of_workers(session: Session, worker_ids: Iterable[str]) -> dict[str, Credibility]:
    """Rows by worker."""
    rows = session.scalars(
        select(CredibilityRow).where(CredibilityRow.worker_id.in_(set(worker_ids)))
    )
    return {row.worker_id: _credibility(row) for row in rows}


def inside(session: Session, areas: Sequence[str]) -> list[Credibility]:
    """Workers of the townships that lie inside the areas, or hold them, the most doubtful first."""
    ranges = [bounds(township_or_county(code)) for code in areas]
    rows = session.scalars(
        select(CredibilityRow)
        .where(within(CredibilityRow.township_code, ranges))
        .order_by(CredibilityRow.score.desc(), CredibilityRow.worker_id)
    )
    return [_credibility(row) for row in rows]


def township_or_county(code: str) -> str:
    """The area itself, or the township of a village."""
    return code if code.endswith("000") else code[:9] + "000"


def _told(signal: Signal) -> dict[str, Any]:
    since = None if signal.since is None else iso(signal.since)
    return {**asdict(signal), "evidence": dict(signal.evidence), "since": since}


def _credibility(row: CredibilityRow) -> Credibility:
    profile: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.profile.items()
    }
    return Credibility(
        worker_id=row.worker_id,
        township_code=row.township_code,
        from_on=row.from_on,
        to_on=row.to_on,
        profile=Profile(**profile),
        signals=tuple(_signal(told) for told in row.signals),
        score=row.score,
        worked_out_at=row.worked_out_at,
        seen_at=row.seen_at,
    )


def _signal(told: dict[str, Any]) -> Signal:
    signal = Signal(told["kind"], told["domain"], told["strength"], told["evidence"])
    return replace(signal, since=parse_instant(told["since"]) if told["since"] else None)
