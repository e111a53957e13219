"""Submissions as files take them out: one after the other, never all in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.kernel.db import table_of
from backend.submissions.tables import SubmissionRow

_ROW = table_of(SubmissionRow).c
_AT_ONCE = 500


class ExportedLine(NamedTuple):
    """What of a submission leaves the house; private answers are not here at all."""

    id: str
    form_version: int
    state: str
    visit_date: date
    village_code: str
    worker_id: str
    subject_id: str
    household_id: str | None
    flag_count: int
    received_at: datetime
    answers: Mapping[str, Any]


def pages(
    session: Session, form_key: str, areas: Sequence[str], from_on: date, to_on: date
) -> Iterator[list[ExportedLine]]:
    """Submissions of a form inside the areas, whatever their state, by day of the visit, then by
    village, 500 at a time: the order of an index, so that the first lines leave before the last
    ones are found.
    """
    found = session.execute(
        select(
            _ROW.id, _ROW.form_version, _ROW.state, _ROW.visit_date, _ROW.village_code,
            _ROW.worker_id, _ROW.subject_id, _ROW.household_id, _ROW.flag_count,
            _ROW.received_at, _ROW.answers,
        )
        .where(
            within(_ROW.village_code, map(bounds, areas)),
            _ROW.form_key == form_key,
            _ROW.visit_date >= from_on,
            _ROW.visit_date <= to_on,
        )
        .order_by(_ROW.visit_date, _ROW.village_code, _ROW.id),
        execution_options={"yield_per": _AT_ONCE},
    )  # fmt: skip
    for page in found.partitions():
        yield [ExportedLine._make(row) for row in page]
