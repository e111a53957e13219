"""Use cases: one visit that came twice. Both are flagged, and one decision settles both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.geo.rules import covers_any
from backend.kernel.errors import Refusal
from backend.kernel.vault import Vault
from backend.review.rules.deciding import is_awaiting
from backend.review.rules.flags import flag
from backend.review.service.credibility import raise_late
from backend.review.service.deciding import Verdict, decide
from backend.review.service.passing import take_turns
from backend.review.store import flags as store
from backend.submissions.model import Submission
from backend.submissions.store import submissions

KIND = "same_visit"


def flag_partners(session: Session, found: Mapping[str, Sequence[str]], now: datetime) -> None:
    """Flag those that had come before, too.

    :param found: submission id -> ids of the earlier ones of the same visit
    """
    if not found:
        return
    known = submissions.by_ids(session, {one for ids in found.values() for one in ids})
    raise_late(
        session,
        [
            (one, known[one].version_id, flag(KIND, {"submission_ids": [later]}))
            for later, ids in found.items()
            for one in ids
            if one in known
        ],
        now,
    )


def settle(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    versions: Mapping[str, str],
    kept: Sequence[str],
    reason: str,
    decided_by: str,
    now: datetime,
) -> list[Submission]:
    """Decide on all records of one visit: the kept are approved, the others rejected. One at least
    must still wait; a decision that another had before its twin came may stand or be turned.

    :param versions: submission id -> the version that was on the screen
    :raises Refusal: ``not_found`` when one lies elsewhere or nowhere, ``not_same_visit`` when they
        were not flagged together or none is kept, and what
        :func:`~backend.review.service.deciding.decide` refuses; nothing is decided then
    """
    known = submissions.by_ids(session, versions)
    if not all(key in known and covers_any(areas, known[key].village_code) for key in versions):
        raise Refusal("not_found")  # before anything is told about them (S04)
    flags = store.flags_of(session, [one.version_id for one in known.values()])
    together = {
        other
        for one in known.values()
        for raised in flags.get(one.version_id, ())
        if raised.kind == KIND
        for other in (one.id, *raised.evidence["submission_ids"])
    }
    if not kept or not set(kept) <= set(versions) or not set(versions) <= together:
        raise Refusal("not_same_visit")
    take_turns(session, list(known.values()))
    current = {one: submissions.lock(session, one) for one in sorted(versions)}
    if not any(one is not None and is_awaiting(one.state) for one in current.values()):
        raise Refusal("decided_meanwhile")
    settled = []
    for key, version in sorted(versions.items()):
        verdict = "approved" if key in kept else "rejected"
        before = current[key]
        if before is not None and (before.state, before.version_id) == (verdict, version):
            settled.append(before)  # it stood like this before the other one came
            continue
        said = Verdict(version, verdict, (), None if verdict == "approved" else reason)
        settled.append(decide(session, vault, areas, key, said, decided_by, now)[0])
    return settled
