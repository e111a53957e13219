"""Queries on doses given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.immunization.model import Dose
from backend.immunization.tables import DoseRow


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
    session: Session, submission_id: str, village_code: str, doses: Iterable[Dose]
) -> None:
    """Write what a submission says was given, in place of what its earlier version said.

    :param doses: none when it tells of none, or no longer stands
    """
    session.execute(delete(DoseRow).where(DoseRow.submission_id == submission_id))
    session.add_all(
        DoseRow(
            id=dose.id,
            resident_id=dose.resident_id,
            village_code=village_code,
            vaccine=dose.vaccine,
            given_on=dose.given_on,
            written_dose_no=dose.written_dose_no,
            source=dose.source,
            submission_id=submission_id,
        )
        for dose in doses
    )
    session.flush()


def add(session: Session, doses: Iterable[tuple[str, Dose]]) -> None:
    """Keep doses that came with no submission, such as those copied from a register.

    :param doses: (village, dose) of each
    """
    session.add_all(DoseRow(village_code=village, **vars(dose)) for village, dose in doses)
    session.flush()


def told_by(session: Session, resident_id: str, submission_ids: Iterable[str]) -> list[str]:
    """Ids of a resident's doses that these submissions told."""
    statement = select(DoseRow.id).where(
        DoseRow.resident_id == resident_id, DoseRow.submission_id.in_(list(submission_ids))
    )
    return sorted(session.scalars(statement))


def follow(session: Session, from_id: str, to_id: str, only: Sequence[str] | None) -> list[str]:
    """Take what is known of a resident along to another.

    :param only: these alone; all when nothing is said
    :returns: ids of what went along
    """
    where = [DoseRow.resident_id == from_id]
    if only is not None:
        where.append(DoseRow.id.in_(only))
    found = list(session.scalars(select(DoseRow.id).where(*where)))
    session.execute(update(DoseRow).where(*where).values(resident_id=to_id))
    return sorted(found)
