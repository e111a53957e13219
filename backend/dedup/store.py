"""Queries on pairs of residents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dedup.model import DuplicateCandidate, Verdict
from backend.dedup.tables import DuplicateCandidateRow


def save(session: Session, pairs: Iterable[DuplicateCandidate], now: datetime) -> None:
    """Keep new pairs; what a person has decided about a known pair stays decided."""
    found = {pair.id: pair for pair in pairs}
    if not found:
        return
    known = set(
        session.scalars(select(DuplicateCandidateRow.id).where(DuplicateCandidateRow.id.in_(found)))
    )
    session.add_all(
        DuplicateCandidateRow(
            id=pair.id,
            resident_id=pair.resident_id,
            other_id=pair.other_id,
            township_code=pair.township_code,
            verdict=pair.verdict.verdict,
            score=pair.verdict.score,
            explanation=dict(pair.verdict.explanation),
            state=pair.state,
            found_at=now,
            decided_at=now if pair.state == "merged" else None,
            decided_by=None,
        )
        for pair in found.values()
        if pair.id not in known
    )
    session.flush()


def open_pairs(session: Session, township_code: str) -> list[DuplicateCandidate]:
    """Pairs of a township that wait for a decision, most likely first."""
    rows = session.scalars(
        select(DuplicateCandidateRow)
        .where(
            DuplicateCandidateRow.township_code == township_code,
            DuplicateCandidateRow.state == "open",
        )
        .order_by(DuplicateCandidateRow.score.desc(), DuplicateCandidateRow.id)
    )
    return [
        DuplicateCandidate(
            id=row.id,
            resident_id=row.resident_id,
            other_id=row.other_id,
            township_code=row.township_code,
            verdict=Verdict(row.verdict, row.score, row.explanation),
            state=row.state,
        )
        for row in rows
    ]
