"""Queries on follow-up tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.followups.model import REQUESTED, Reason, Task
from backend.followups.tables import TaskRow
from backend.geo.rules import bounds
from backend.kernel.among import among
from backend.kernel.db import by_id, rows_by_id, table_of

LISTED = ("overdue", "due", "upcoming")


_BY_SUBJECT = by_id(TaskRow, "subject_id", order=("opens", "id"))


def _task(row: Any) -> Task:
    return Task(
        id=row.id,
        county_code=row.county_code,
        village_code=row.village_code,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        household_id=row.household_id,
        service=row.service,
        kind=row.kind,
        anchor=row.anchor,
        opens=row.opens,
        due=row.due,
        closes=row.closes,
        expires=row.expires,
        state=row.state,
        state_reason=row.state_reason,
        state_on=row.state_on,
        face_to_face=row.face_to_face,
        referral=row.referral,
        escalation=row.escalation,
        reasons=tuple(Reason(reason["rule"], reason["text"]) for reason in row.reasons),
        rule_version=row.rule_version,
        source_submission_id=row.source_submission_id,
        done_by_submission_id=row.done_by_submission_id,
    )


def _values(task: Task, now: datetime) -> dict[str, Any]:
    values = dict(vars(task))
    values["reasons"] = [reason.as_json() for reason in task.reasons]
    values["updated_at"] = now
    return values


_COLUMNS = [column.name for column in table_of(TaskRow).columns if column.name != "id"]


def _upsert(dialect: Any) -> Any:
    insert = dialect.insert(table_of(TaskRow))
    return insert.on_conflict_do_update(
        index_elements=["id"], set_={name: insert.excluded[name] for name in _COLUMNS}
    )


_UPSERTS = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


def save(session: Session, tasks: Iterable[Task], now: datetime) -> None:
    """Insert or replace tasks, and tell the phones of their villages."""
    items = {task.id: task for task in tasks}
    if not items:
        return
    rows = [_values(task, now) for task in items.values()]
    session.execute(_UPSERTS[session.get_bind().dialect.name], rows)
    feed.changed(session, [("task", task.id, task.village_code) for task in items.values()])


def moved(session: Session, subject_id: str, village_code: str, now: datetime) -> None:
    """Take a resident's tasks along to another village, and off the phones of the old one."""
    every = by_subjects(session, [subject_id])[subject_id]
    gone = [task for task in every if task.village_code != village_code]
    feed.left(session, [("task", task.id, task.village_code) for task in gone])
    save(session, [replace(task, village_code=village_code) for task in gone], now)


def by_ids(session: Session, ids: Iterable[str]) -> dict[str, Task]:
    """Tasks by id."""
    rows = session.scalars(select(TaskRow).where(TaskRow.id.in_(set(ids))))
    return {row.id: _task(row) for row in rows}


def made_by(session: Session, submission_id: str) -> list[Task]:
    """Tasks that a submission made, and those it completed, by ``opens``."""
    rows = session.scalars(
        select(TaskRow)
        .where(
            or_(
                TaskRow.source_submission_id == submission_id,
                TaskRow.done_by_submission_id == submission_id,
            )
        )
        .order_by(TaskRow.opens, TaskRow.id)
    )
    return [_task(row) for row in rows]


def by_subjects(session: Session, subject_ids: Iterable[str]) -> dict[str, list[Task]]:
    """Every task of these subjects, by ``opens``; an empty list for those without any."""
    ids = set(subject_ids)
    found: dict[str, list[Task]] = {subject_id: [] for subject_id in ids}
    for row in rows_by_id(session, _BY_SUBJECT, ids):
        found[row.subject_id].append(_task(row))
    return found


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    """The derived states of followup-rules §0, as ``rules.state_on`` tells them."""
    row = TaskRow
    standing = and_(row.state == REQUESTED, or_(row.expires.is_(None), row.expires >= today))
    window: dict[str, ColumnElement[bool]] = {
        "overdue": row.closes < today,
        "due": and_(row.closes >= today, row.opens <= today),
        "upcoming": and_(row.closes >= today, row.opens > today),
    }
    return and_(standing, window[state])


def _in_areas(areas: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(TaskRow.village_code.between(*bounds(code)) for code in areas))


def _after(place: tuple[date, str]) -> ColumnElement[bool]:
    """Behind a place in the order of ``closes`` and id."""
    closes, task_id = place
    # The types have to be said: SQLite keeps ids without hyphens, and a bare text has them.
    return tuple_(TaskRow.closes, TaskRow.id) > tuple_(
        literal(closes, TaskRow.closes.type), literal(task_id, TaskRow.id.type)
    )


def listed(
    session: Session,
    areas: Sequence[str],
    state: str,
    today: date,
    *,
    service: str | None = None,
    after: tuple[date, str] | None = None,
    limit: int = 50,
) -> list[Task]:
    """Tasks of a state inside the areas, those that close first standing first.

    :param state: overdue, due or upcoming
    :param after: ``(closes, id)`` of the last task of the page before
    """
    where = [_in_areas(areas), _in_state(state, today)]
    if service is not None:
        where.append(TaskRow.service == service)
    if after is not None:
        where.append(_after(after))
    rows = session.scalars(
        select(TaskRow).where(*where).order_by(TaskRow.closes, TaskRow.id).limit(limit)
    )
    return [_task(row) for row in rows]


def counts(
    session: Session, areas: Sequence[str], today: date, *, service: str | None = None
) -> dict[str, int]:
    """How many tasks of each listed state the areas have."""
    where = [_in_areas(areas)]
    if service is not None:
        where.append(TaskRow.service == service)
    columns = [func.count().filter(_in_state(state, today)) for state in LISTED]
    found = session.execute(select(*columns).select_from(TaskRow).where(*where)).one()
    return dict(zip(LISTED, found, strict=True))


def overdue(
    session: Session, today: date, *, after: tuple[date, str] | None = None, limit: int = 500
) -> list[Task]:
    """Overdue tasks everywhere, page by page, for the reminder sweep."""
    where = [_in_state("overdue", today)]
    if after is not None:
        where.append(_after(after))
    rows = session.scalars(
        select(TaskRow).where(*where).order_by(TaskRow.closes, TaskRow.id).limit(limit)
    )
    return [_task(row) for row in rows]


def expired(session: Session, today: date, limit: int = 500) -> list[Task]:
    """Open tasks that can no longer be done; they are to be marked as missed."""
    rows = session.scalars(
        select(TaskRow)
        .where(TaskRow.state == REQUESTED, TaskRow.expires < today)
        .order_by(TaskRow.id)
        .limit(limit)
    )
    return [_task(row) for row in rows]


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """What of a task is counted."""

    id: str
    subject_id: str
    closes: date
    state: str
    state_on: date | None


def closing(session: Session, subject_ids: Iterable[str], since: date) -> list[ClosingLine]:
    """Tasks of these subjects whose last day is not before ``since``, as figures read them."""
    row = table_of(TaskRow).c
    found = session.execute(
        select(row.id, row.subject_id, row.closes, row.state, row.state_on).where(
            among(row.subject_id, "ids"), row.closes >= since
        ),
        {"ids": list(set(subject_ids))},
    )
    return [ClosingLine(*one) for one in found]


def subjects_of(session: Session, ids: Iterable[str]) -> list[tuple[str, str, str | None]]:
    """(Kind, subject id, household id) of these tasks."""
    row = table_of(TaskRow).c
    found = session.execute(
        select(row.subject_kind, row.subject_id, row.household_id).where(among(row.id, "ids")),
        {"ids": list(set(ids))},
    )
    return [(kind, subject_id, household_id) for kind, subject_id, household_id in found]
