"""Use cases of review: deciding on a submission, and what a phone must know of a return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.followups.service.replanning import replan
from backend.geo.rules import covers_any
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.kernel.vault import Vault
from backend.reminders import service as reminders
from backend.review.model import QualityFlag, ReviewDecision
from backend.review.rules import may_decide
from backend.review.store import decisions as store, flags as flag_store
from backend.submissions.model import Submission
from backend.submissions.store import submissions, turns


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says about the version they have before them."""

    version_id: str
    verdict: str
    fields: tuple[str, ...]
    reason: str | None


def decide(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    submission_id: str,
    said: Verdict,
    decided_by: str,
    now: datetime,
    batch_id: str | None = None,
) -> tuple[Submission, ReviewDecision]:
    """Approve, return or reject the version that the reviewer has seen.

    A rejected submission leaves the rules' history: what it had made due is worked out anew.

    :raises Refusal: ``not_found`` outside the areas; ``decided_meanwhile`` when a newer version or
        another decision came between; ``return_needs_reason`` for a return without any reason
    """
    known = submissions.by_ids(session, [submission_id])
    # Turn before row, as the line does, or a correction on its way and this would wait for each
    # other.
    turns.take(session, [one for each in known.values() for one in concerned(each)])
    current = submissions.lock(session, submission_id)
    if current is None or not covers_any(areas, current.village_code):
        raise Refusal("not_found")
    if current.version_id != said.version_id or not may_decide(current.state, said.verdict):
        raise Refusal("decided_meanwhile")
    reason = (said.reason or "").strip() or None
    if said.verdict != "approved" and not said.fields and reason is None:
        raise Refusal("return_needs_reason")
    decision = ReviewDecision(
        id=new_id(),
        submission_id=submission_id,
        version_id=said.version_id,
        verdict=said.verdict,
        fields=tuple(dict.fromkeys(said.fields)),
        reason=reason,
        decided_by=decided_by,
        decided_at=now,
        batch_id=batch_id,
    )
    store.add_decision(session, decision)
    decided = replace(current, state=said.verdict, decided_at=now)
    submissions.update_newest(session, decided)
    if decided.stands != current.stands:
        replan(session, vault, decided, now)
    if said.verdict == "returned":
        reminders.returned(session, decided, now)
    return decided, decision


def concerned(submission: Submission) -> list[str]:
    """Whose turn it is when a submission's standing changes."""
    home = [submission.household_id] if submission.household_id is not None else []
    return [submission.id, submission.subject.id, *home]


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
    return flag_store.flags_of(session, version_ids)


def decisions_of(session: Session, submission_id: str) -> list[ReviewDecision]:
    """Every decision on a submission, oldest first."""
    return store.decisions_of(session, [submission_id]).get(submission_id, [])
