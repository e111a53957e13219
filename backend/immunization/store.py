"""Queries on doses given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.immunization.model import Dose
from backend.immunization.tables import DoseRow
from backend.kernel.ids import derived_id


def _dose(row: DoseRow) -> Dose:
    return Dose(
        id=row.id,
        resident_id=row.resident_id,
        vaccine=row.vaccine,
        given_on=row.given_on,
        written_dose_no=row.written_dose_no,
        source=row.source,
        submission_id=row.submission_id,
    )


def of_residents(session: Session, resident_ids: Iterable[str]) -> dict[str, list[Dose]]:
    """Every dose of these residents, oldest first; an empty list for those without any."""
    ids = set(resident_ids)
    found: dict[str, list[Dose]] = {resident_id: [] for resident_id in ids}
    rows = session.scalars(
        select(DoseRow)
        .where(DoseRow.resident_id.in_(ids))
        .order_by(DoseRow.given_on, DoseRow.vaccine, DoseRow.id)
    )
    for row in rows:
        found[row.resident_id].append(_dose(row))
    return found


def replace_for_submission(
    session: Session,
    submission_id: str,
    resident_id: str,
    village_code: str,
    doses: Sequence[tuple[str, date, int | None, str | None]],
) -> list[Dose]:
    """Write what a submission says was given, in place of what its earlier version said.

    :param doses: (vaccine, day, number written in the book, source) of each; none after a void
    """
    session.execute(delete(DoseRow).where(DoseRow.submission_id == submission_id))
    written = [
        Dose(
            id=derived_id(submission_id, "dose", str(index)),
            resident_id=resident_id,
            vaccine=vaccine,
            given_on=given_on,
            written_dose_no=number,
            source=source,
            submission_id=submission_id,
        )
        for index, (vaccine, given_on, number, source) in enumerate(doses)
    ]
    for dose in written:
        session.add(
            DoseRow(
                id=dose.id,
                resident_id=dose.resident_id,
                village_code=village_code,
                vaccine=dose.vaccine,
                given_on=dose.given_on,
                written_dose_no=dose.written_dose_no,
                source=dose.source,
                submission_id=dose.submission_id,
            )
        )
    session.flush()
    return written
