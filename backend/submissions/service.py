"""Use cases on submissions that other rooms ask for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from backend.kernel.vault import Vault
from backend.submissions.model import Submission, Version
from backend.submissions.rules import missing_seqs
from backend.submissions.store import receipts, submissions


def known(session: Session, ids: Iterable[str], device_id: str | None) -> list[str]:
    """Which of these envelopes of a phone's are here: what it need not send again."""
    wanted = list(dict.fromkeys(ids))
    found = receipts.by_ids(session, wanted)
    return [one for one in wanted if one in found and found[one].device_id == device_id]


def numbers(session: Session, device_id: str) -> tuple[int | None, list[int]]:
    """The highest number that arrived from a device, and the numbers below it that did not."""
    seen = receipts.seqs(session, device_id)
    return (seen[-1] if seen else None), missing_seqs(seen)


def with_newest_versions(
    session: Session, vault: Vault, ids: Iterable[str]
) -> dict[str, tuple[Submission, Version]]:
    """Submission id -> the submission and its newest version."""
    found = submissions.by_ids(session, ids)
    newest = submissions.newest_versions(session, vault, [s.version_id for s in found.values()])
    return {one.id: (one, newest[one.version_id]) for one in found.values()}
