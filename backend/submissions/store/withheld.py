"""Taking out of use what records say of a person, and putting it back (rights).

The signed bytes stay as they are, locked: the evidence. Measurements stay, too; they say nothing of
who it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.kernel.vault import Vault
from backend.submissions.tables import SubmissionRow, SubmissionVersionRow


def withhold(
    session: Session, vault: Vault, resident_id: str, naming: Collection[str]
) -> dict[str, Any]:
    """Empty the private answers of every record about a resident, and all answers of the forms that
    register people; phones forget the records.

    :param naming: keys of these forms
    :returns: what was taken out, as :func:`restore` takes it
    """
    found = session.scalars(_about(resident_id)).all()
    taken: dict[str, Any] = {"newest": {}, "answers": {}, "conflicts": {}, "private": {}}
    for row in found:
        names = row.form_key in naming
        if names:
            taken["newest"][row.id] = row.answers
            row.answers = {}
        for version in _versions(session, row.id):
            if version.private_locked is not None:
                taken["private"][version.id] = vault.unlock_json(version.private_locked)
                version.private_locked = None
            if names:
                taken["answers"][version.id] = version.answers
                taken["conflicts"][version.id] = version.conflicts
                version.answers, version.conflicts = {}, []
    session.flush()
    feed.left(session, [("submission", row.id, row.village_code) for row in found])
    return taken


def restore(session: Session, vault: Vault, resident_id: str, taken: Mapping[str, Any]) -> None:
    """Put back what :func:`withhold` took out, and tell the phones."""
    found = session.scalars(_about(resident_id)).all()
    for row in found:
        row.answers = taken["newest"].get(row.id, row.answers)
        for version in _versions(session, row.id):
            version.answers = taken["answers"].get(version.id, version.answers)
            version.conflicts = taken["conflicts"].get(version.id, version.conflicts)
            if version.id in taken["private"]:
                version.private_locked = vault.lock_json(taken["private"][version.id])
    session.flush()
    feed.changed(session, [("submission", row.id, row.village_code) for row in found])


def erase(session: Session, vault: Vault, resident_id: str) -> int:
    """Overwrite the signed bytes of every record about a resident, for good; how many versions."""
    ids = select(SubmissionRow.id).where(
        SubmissionRow.subject_kind == "resident", SubmissionRow.subject_id == resident_id
    )
    stub = vault.lock_bytes(b'{"subject":{"kind":"resident","id":""},"erased":true}')
    done = session.execute(
        update(SubmissionVersionRow)
        .where(SubmissionVersionRow.submission_id.in_(ids))
        .values(content_locked=stub, private_locked=None)
    )
    return int(getattr(done, "rowcount", 0))


def _about(resident_id: str) -> Any:
    return select(SubmissionRow).where(
        SubmissionRow.subject_kind == "resident", SubmissionRow.subject_id == resident_id
    )


def _versions(session: Session, submission_id: str) -> list[SubmissionVersionRow]:
    return list(
        session.scalars(
            select(SubmissionVersionRow).where(SubmissionVersionRow.submission_id == submission_id)
        )
    )
