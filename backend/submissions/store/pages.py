"""Lists of submissions for the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.geo.rules import bounds, county_of, township_of
from backend.submissions.model import Submission
from backend.submissions.store.submissions import submission_of
from backend.submissions.tables import SubmissionRow


@dataclass(frozen=True)
class Filter:
    """What a list shows; an empty member narrows nothing.

    :param areas: scope of the caller, never empty
    :param subject_ids: found by a search for names, ``None`` when nothing was searched
    """

    areas: Sequence[str]
    states: Sequence[str] = ()
    form_key: str | None = None
    worker_id: str | None = None
    flagged: bool | None = None
    from_on: date | None = None
    to_on: date | None = None
    subject_ids: Sequence[str] | None = None


@dataclass(frozen=True)
class Place:
    """Where the next page begins: most doubtful first, then oldest."""

    priority: int
    received_at: datetime
    id: str


def place_of(one: Submission) -> Place:
    """Where a page that ended with this submission goes on."""
    return Place(one.priority, one.received_at, one.id)


def _inside(area_code: str) -> ColumnElement[bool]:
    """Inside an area; a whole township by its own code, with which the queue's index begins."""
    if township_of(area_code) == area_code and county_of(area_code) != area_code:
        return SubmissionRow.township_code == area_code
    return SubmissionRow.village_code.between(*bounds(area_code))


def _where(wanted: Filter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [or_(false(), *(_inside(code) for code in wanted.areas))]
    if wanted.form_key:
        where.append(SubmissionRow.form_key == wanted.form_key)
    if wanted.worker_id:
        where.append(SubmissionRow.worker_id == wanted.worker_id)
    if wanted.flagged is not None:
        where.append((SubmissionRow.flag_count > 0) == wanted.flagged)
    if wanted.from_on:
        where.append(SubmissionRow.visit_date >= wanted.from_on)
    if wanted.to_on:
        where.append(SubmissionRow.visit_date <= wanted.to_on)
    if wanted.subject_ids is not None:
        where.append(SubmissionRow.subject_id.in_(wanted.subject_ids))
    return where


def page(session: Session, wanted: Filter, after: Place | None, limit: int) -> list[Submission]:
    """The next submissions: most doubtful first, then oldest."""
    where = _where(wanted)
    if wanted.states:
        where.append(SubmissionRow.state.in_(wanted.states))
    if after is not None:
        where.append(
            or_(
                SubmissionRow.priority < after.priority,
                and_(
                    SubmissionRow.priority == after.priority,
                    or_(
                        SubmissionRow.received_at > after.received_at,
                        and_(
                            SubmissionRow.received_at == after.received_at,
                            SubmissionRow.id > after.id,
                        ),
                    ),
                ),
            )
        )
    rows = session.scalars(
        select(SubmissionRow)
        .where(*where)
        .order_by(SubmissionRow.priority.desc(), SubmissionRow.received_at, SubmissionRow.id)
        .limit(limit)
    )
    return [submission_of(row) for row in rows]


def counts(session: Session, wanted: Filter) -> dict[str, int]:
    """How many submissions the filter finds in each state, its own states left aside."""
    rows = session.execute(
        select(SubmissionRow.state, func.count())
        .where(*_where(wanted))
        .group_by(SubmissionRow.state)
    )
    return {state: count for state, count in rows}
