"""Use cases: deciding on many at once, by a person or a township's policy, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.geo.rules import covers_any
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.kernel.vault import Vault
from backend.review.model import ReviewDecision
from backend.review.rules.flags import flag
from backend.review.rules.passing import is_drawn, may_undo
from backend.review.service.credibility import raise_late
from backend.review.service.deciding import Verdict, concerned, decide
from backend.review.store import decisions as store
from backend.submissions.model import Submission
from backend.submissions.store import submissions, turns, visits

AT_ONCE = 200


@dataclass(frozen=True)
class Passed:
    """What came of approving many.

    :param left: id -> code of the reason for which it was left
    """

    batch_id: str
    approved: tuple[Submission, ...]
    left: Mapping[str, str]


def approve_all(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    versions: Mapping[str, str],
    decided_by: str,
    now: datetime,
) -> Passed:
    """Approve the unflagged among these; the others are left where they are, each with its reason.

    :param versions: submission id -> the version that was on the screen
    """
    known = submissions.by_ids(session, versions)
    take_turns(session, list(known.values()))
    batch_id, approved, left = new_id(), [], {}
    for submission_id, version_id in versions.items():
        current = known.get(submission_id)
        if current is None or not covers_any(areas, current.village_code):
            left[submission_id] = "not_found"
        elif current.flag_count:
            left[submission_id] = "has_doubts"
        else:
            try:
                said = Verdict(version_id, "approved", (), None)
                done, _ = decide(
                    session, vault, areas, submission_id, said, decided_by, now, batch_id
                )
                approved.append(done)
            except Refusal as refusal:
                left[submission_id] = refusal.code
    return Passed(batch_id, tuple(approved), left)


def undo(session: Session, batch_id: str, account_id: str, now: datetime) -> list[Submission]:
    """Take an approval of many back: each that nobody has touched since waits again.

    :raises Refusal: ``not_found`` when it was not theirs; ``undo_too_late``
    """
    made = store.batch(session, batch_id)
    if not made or made[0].decided_by != account_id:
        raise Refusal("not_found")
    if not may_undo(made[0].decided_at, now) or any(one.verdict == "undone" for one in made):
        raise Refusal("undo_too_late")
    take_turns(session, list(submissions.by_ids(session, [d.submission_id for d in made]).values()))
    undone = []
    for decision in made:
        current = submissions.lock(session, decision.submission_id)
        if current is None or current.state != "approved":
            continue
        if current.version_id != decision.version_id:
            continue
        state = "received" if current.version_no == 1 else "corrected"
        waiting = replace(current, state=state, decided_at=None)
        submissions.update_newest(session, waiting)
        store.add_decision(
            session,
            ReviewDecision(
                id=new_id(),
                submission_id=current.id,
                version_id=current.version_id,
                verdict="undone",
                fields=(),
                reason=None,
                decided_by=account_id,
                decided_at=now,
                batch_id=batch_id,
            ),
        )
        undone.append(waiting)
    return undone


def pass_some(session: Session, vault: Vault, now: datetime) -> int:
    """Approve some of what the townships let pass, and mark what chance leaves to a person; how
    many were looked at, none when nothing is left.
    """
    for policy in store.every_policy(session):
        before = now - timedelta(days=policy.after_days)
        found = visits.unflagged(session, [policy.area_code], before, AT_ONCE)
        if not found:
            continue
        drawn = [one for one in found if is_drawn(policy, one.id)]
        told = {"days": policy.after_days, "percent": policy.sample_percent}
        raise_late(session, [(one.id, one.version_id, flag("drawn", told)) for one in drawn], now)
        passing = {one.id: one.version_id for one in found if one not in drawn}
        passed = approve_all(session, vault, [policy.area_code], passing, policy.id, now)
        for one in passed.approved:
            audit.record(
                session,
                audit.SYSTEM,
                "submission_approved",
                "submission",
                one.id,
                area_code=one.village_code,
                detail={"version_id": one.version_id, "policy_id": policy.id},
                now=now,
                request_id=None,
            )
        return len(found)
    return 0


def take_turns(session: Session, found: Sequence[Submission]) -> None:
    """The turns of several, before any of their rows: as the line does it."""
    turns.take(session, [turn for one in found for turn in concerned(one)])
