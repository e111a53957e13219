"""Lists of submissions for the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select, true, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.geo.rules import bounds, county_of, township_of
from backend.kernel.db import table_of
from backend.submissions.model import STATES, Submission
from backend.submissions.store.submissions import submission_of
from backend.submissions.tables import SubmissionRow

MOST_COUNTED = 10_000
MOST_APART = 8
"""Areas of a caller that are asked one by one; more are hardly ever had."""


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
    """Inside an area; whole townships and counties by their own code, with which an index of the
    queue begins.
    """
    if county_of(area_code) == area_code:
        return SubmissionRow.county_code == area_code
    if township_of(area_code) == area_code:
        return SubmissionRow.township_code == area_code
    return SubmissionRow.village_code.between(*bounds(area_code))


def _where(wanted: Filter) -> list[ColumnElement[bool]]:
    """What is asked besides areas and states."""
    where: list[ColumnElement[bool]] = []
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


def _scopes(areas: Sequence[str]) -> list[ColumnElement[bool]]:
    """The areas one by one, each of which an index puts in order; too many are asked together."""
    if len(areas) > MOST_APART:
        return [or_(false(), *(_inside(code) for code in areas))]
    return [_inside(code) for code in areas]


def _beyond(after: Place) -> list[ColumnElement[bool]]:
    """What comes after a place: the rest of its own priority, and all lower ones."""
    received, key = SubmissionRow.received_at, SubmissionRow.id
    return [
        and_(
            SubmissionRow.priority == after.priority,
            received >= after.received_at,
            or_(received > after.received_at, key > after.id),
        ),
        SubmissionRow.priority < after.priority,
    ]


def page(session: Session, wanted: Filter, after: Place | None, limit: int) -> list[Submission]:
    """The next submissions: most doubtful first, then oldest.

    The index of the queue has this order within one area and one state, so each of them gives no
    more than its first ``limit``, and the page is the first of these.
    """
    starts = [true()] if after is None else _beyond(after)
    parts = [
        _ordered(select(table_of(SubmissionRow)), SubmissionRow)
        .where(scope, SubmissionRow.state == state, start, *_where(wanted))
        .limit(limit)
        .subquery()
        for scope in _scopes(wanted.areas)
        for state in dict.fromkeys(wanted.states or STATES)
        for start in starts
    ]
    if not parts:
        return []
    row = union_all(*(select(part) for part in parts)).subquery()
    rows = session.execute(_ordered(select(row), row.c).limit(limit)).all()
    return [submission_of(each) for each in rows]


def _ordered(found: Select[Any], row: Any) -> Select[Any]:
    return found.order_by(row.priority.desc(), row.received_at, row.id)


def counts(session: Session, wanted: Filter) -> dict[str, int]:
    """How many submissions the filter finds in each state, its own states left aside.

    Counting stops at ``MOST_COUNTED`` a state: nobody reads a tab's number beyond it, and a county
    would count a million at each view.
    """
    if not wanted.areas:
        return {}
    scope = or_(false(), *(_inside(code) for code in wanted.areas))
    found = session.execute(
        select(
            *(
                select(func.count())
                .select_from(
                    select(SubmissionRow.state)
                    .where(scope, SubmissionRow.state == state, *_where(wanted))
                    .limit(MOST_COUNTED)
                    .subquery()
                )
                .scalar_subquery()
                for state in STATES
            )
        )
    ).one()
    return {state: count for state, count in zip(STATES, found, strict=True) if count}
