"""Submissions as figures read them: many lines at once, without versions and secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from backend.kernel.among import among
from backend.kernel.db import table_of
from backend.submissions.model import STANDING
from backend.submissions.tables import SubmissionRow

_ROW = table_of(SubmissionRow).c


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What of a standing submission is counted."""

    subject_id: str
    household_id: str | None
    form_key: str
    visit_date: date
    visit_mode: str | None
    visit_outcome: str | None
    state: str
    answers: Mapping[str, Any]


_LINE = (
    select(
        _ROW.subject_id, _ROW.household_id, _ROW.form_key, _ROW.visit_date, _ROW.visit_mode,
        _ROW.visit_outcome, _ROW.state, _ROW.answers,
    )
    .where(_ROW.state.in_(STANDING), _ROW.visit_date >= bindparam("since"))
    .order_by(_ROW.visit_date, _ROW.finalised_at)
)  # fmt: skip
_OF_SUBJECTS = _LINE.where(among(_ROW.subject_id, "ids"))
_OF_HOUSEHOLDS = _LINE.where(or_(among(_ROW.household_id, "ids"), among(_ROW.subject_id, "ids")))


def of_subjects(session: Session, ids: Iterable[str], since: date) -> list[CountedLine]:
    """Standing submissions about these subjects since a day, oldest first."""
    found = session.execute(_OF_SUBJECTS, {"ids": list(set(ids)), "since": since}).all()
    return [CountedLine(*row) for row in found]


def of_households(session: Session, ids: Iterable[str], since: date) -> list[CountedLine]:
    """Standing submissions about these households and their members, oldest first."""
    found = session.execute(_OF_HOUSEHOLDS, {"ids": list(set(ids)), "since": since}).all()
    return [CountedLine(*row) for row in found]


def subjects_of(session: Session, ids: Iterable[str]) -> list[tuple[str, str, str | None]]:
    """(Kind, subject id, household id) of these submissions."""
    rows = session.execute(
        select(_ROW.subject_kind, _ROW.subject_id, _ROW.household_id).where(among(_ROW.id, "ids")),
        {"ids": list(set(ids))},
    )
    return [(kind, subject_id, household_id) for kind, subject_id, household_id in rows]
