"""Use cases of review: deciding on a submission, and what a phone must know of a return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.geo.rules import covers_any
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.reminders import service as reminders
from backend.review import store
from backend.review.model import QualityFlag, ReviewDecision
from backend.review.rules import may_decide
from backend.submissions.model import Submission
from backend.submissions.store import submissions


def decide(
    session: Session,
    areas: Sequence[str],
    submission_id: str,
    version_id: str,
    verdict: str,
    fields: Sequence[str],
    reason: str | None,
    decided_by: str,
    now: datetime,
) -> tuple[Submission, ReviewDecision]:
    """Approve, return or reject the version that the reviewer has seen.

    :raises Refusal: ``not_found`` outside the areas; ``decided_meanwhile`` when a newer version or
        another decision came between; ``return_needs_reason`` for a return without any reason
    """
    current = submissions.lock(session, submission_id)
    if current is None or not covers_any(areas, current.village_code):
        raise Refusal("not_found")
    if current.version_id != version_id or not may_decide(current.state, verdict):
        raise Refusal("decided_meanwhile")
    if verdict != "approved" and not fields and not (reason or "").strip():
        raise Refusal("return_needs_reason")
    decision = ReviewDecision(
        id=new_id(),
        submission_id=submission_id,
        version_id=version_id,
        verdict=verdict,
        fields=tuple(dict.fromkeys(fields)),
        reason=(reason or "").strip() or None,
        decided_by=decided_by,
        decided_at=now,
    )
    store.add_decision(session, decision)
    decided = replace(current, state=verdict, decided_at=now)
    submissions.update_newest(session, decided)
    if verdict == "returned":
        reminders.returned(session, decided, now)
    return decided, decision


def open_returns(session: Session, found: Iterable[Submission]) -> dict[str, ReviewDecision]:
    """Submission id -> the return that waits for the doctor's correction."""
    waiting = [one.id for one in found if one.state == "returned"]
    if not waiting:
        return {}
    decisions = store.decisions_of(session, waiting)
    return {
        one: next(d for d in reversed(decisions[one]) if d.verdict == "returned") for one in waiting
    }


def flags_of(session: Session, version_ids: Iterable[str]) -> dict[str, list[QualityFlag]]:
    """Version id -> its flags, heaviest first."""
    return store.flags_of(session, version_ids)


def decisions_of(session: Session, submission_id: str) -> list[ReviewDecision]:
    """Every decision on a submission, oldest first."""
    return store.decisions_of(session, [submission_id]).get(submission_id, [])
