"""Queries on flags and decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.kernel.db import table_of
from backend.kernel.ids import new_id
from backend.review.model import QualityFlag, ReviewDecision
from backend.review.tables import QualityFlagRow, ReviewDecisionRow

_RAISE = insert(table_of(QualityFlagRow))


def raise_flags(
    session: Session, flags: Sequence[tuple[str, str, QualityFlag]], now: datetime
) -> None:
    """Keep flags: (submission id, version id, flag) of each."""
    if not flags:
        return
    session.execute(
        _RAISE,
        [
            {
                "id": new_id(),
                "submission_id": submission_id,
                "version_id": version_id,
                "kind": flag.kind,
                "weight": flag.weight,
                "evidence": dict(flag.evidence),
                "raised_at": now,
            }
            for submission_id, version_id, flag in flags
        ],
    )


def flags_of(session: Session, version_ids: Iterable[str]) -> dict[str, list[QualityFlag]]:
    """Version id -> its flags, heaviest first."""
    rows = session.scalars(
        select(QualityFlagRow)
        .where(QualityFlagRow.version_id.in_(set(version_ids)))
        .order_by(QualityFlagRow.weight.desc(), QualityFlagRow.kind)
    )
    found: dict[str, list[QualityFlag]] = defaultdict(list)
    for row in rows:
        found[row.version_id].append(QualityFlag(row.kind, row.weight, row.evidence))
    return found


def add_decision(session: Session, decision: ReviewDecision) -> None:
    """Keep a decision."""
    session.add(
        ReviewDecisionRow(
            id=decision.id,
            submission_id=decision.submission_id,
            version_id=decision.version_id,
            verdict=decision.verdict,
            fields=list(decision.fields),
            reason=decision.reason,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
        )
    )
    session.flush()


def decisions_of(
    session: Session, submission_ids: Iterable[str]
) -> dict[str, list[ReviewDecision]]:
    """Submission id -> decisions, oldest first."""
    rows = session.scalars(
        select(ReviewDecisionRow)
        .where(ReviewDecisionRow.submission_id.in_(set(submission_ids)))
        .order_by(ReviewDecisionRow.decided_at, ReviewDecisionRow.id)
    )
    found: dict[str, list[ReviewDecision]] = defaultdict(list)
    for row in rows:
        found[row.submission_id].append(
            ReviewDecision(
                id=row.id,
                submission_id=row.submission_id,
                version_id=row.version_id,
                verdict=row.verdict,
                fields=tuple(row.fields),
                reason=row.reason,
                decided_by=row.decided_by,
                decided_at=row.decided_at,
            )
        )
    return found
