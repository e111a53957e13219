"""Queries on decisions, saved filters and policies of review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.review.model import ReviewDecision, ReviewPolicy, SavedFilter
from backend.review.tables import ReviewDecisionRow, ReviewPolicyRow, SavedFilterRow


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
            batch_id=decision.batch_id,
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
        found[row.submission_id].append(_decision(row))
    return found


def batch(session: Session, batch_id: str) -> list[ReviewDecision]:
    """Decisions that were made together."""
    rows = session.scalars(
        select(ReviewDecisionRow)
        .where(ReviewDecisionRow.batch_id == batch_id)
        .order_by(ReviewDecisionRow.id)
    )
    return [_decision(row) for row in rows]


def _decision(row: ReviewDecisionRow) -> ReviewDecision:
    return ReviewDecision(
        id=row.id,
        submission_id=row.submission_id,
        version_id=row.version_id,
        verdict=row.verdict,
        fields=tuple(row.fields),
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        batch_id=row.batch_id,
    )


def saved_filters(session: Session, account_id: str) -> list[SavedFilter]:
    """The filters somebody saved, by name."""
    rows = session.scalars(
        select(SavedFilterRow)
        .where(SavedFilterRow.account_id == account_id)
        .order_by(SavedFilterRow.name, SavedFilterRow.id)
    )
    return [SavedFilter(row.id, row.name, row.filter) for row in rows]


def save_filter(session: Session, account_id: str, saved: SavedFilter, now: datetime) -> None:
    """Keep a filter; one of the same name of this account is replaced."""
    session.execute(
        delete(SavedFilterRow).where(
            SavedFilterRow.account_id == account_id, SavedFilterRow.name == saved.name
        )
    )
    session.add(
        SavedFilterRow(
            id=saved.id,
            account_id=account_id,
            name=saved.name,
            filter=dict(saved.filter),
            saved_at=now,
        )
    )


def remove_filter(session: Session, account_id: str, filter_id: str) -> bool:
    """Forget a filter. :returns: whether it was there and theirs"""
    gone = session.execute(
        delete(SavedFilterRow)
        .where(SavedFilterRow.account_id == account_id, SavedFilterRow.id == filter_id)
        .returning(SavedFilterRow.id)
    )
    return gone.first() is not None


def policies(session: Session, areas: Sequence[str]) -> list[ReviewPolicy]:
    """Policies of the areas and of what lies inside them, by area."""
    inside = within(ReviewPolicyRow.area_code, map(bounds, areas))
    rows = session.scalars(
        select(ReviewPolicyRow).where(inside).order_by(ReviewPolicyRow.area_code)
    )
    return [_policy(row) for row in rows]


def every_policy(session: Session) -> list[ReviewPolicy]:
    """All policies, the smallest areas first."""
    rows = session.scalars(select(ReviewPolicyRow).order_by(ReviewPolicyRow.area_code.desc()))
    return [_policy(row) for row in rows]


def set_policy(session: Session, policy: ReviewPolicy) -> None:
    """Put an area's policy in force, in place of the one it had."""
    remove_policy(session, policy.area_code)
    session.add(
        ReviewPolicyRow(
            id=policy.id,
            area_code=policy.area_code,
            after_days=policy.after_days,
            sample_percent=policy.sample_percent,
            set_by=policy.set_by,
            set_at=policy.set_at,
        )
    )
    session.flush()


def remove_policy(session: Session, area_code: str) -> None:
    """Let no policy decide in an area."""
    session.execute(delete(ReviewPolicyRow).where(ReviewPolicyRow.area_code == area_code))


def _policy(r: Any) -> ReviewPolicy:
    return ReviewPolicy(r.id, r.area_code, r.after_days, r.sample_percent, r.set_by, r.set_at)
