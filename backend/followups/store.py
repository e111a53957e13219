"""Queries on follow-up tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.followups.model import IMMUNIZATION, REQUESTED, Arrears, Reason, Task
from backend.followups.rules.escalating import (
    LATE_DAYS,
    PROMPT_DAYS,
    PROMPT_KINDS,
    PROMPT_SERVICES,
)
from backend.followups.tables import TaskRow
from backend.geo.rules import bounds
from backend.kernel.among import among
from backend.kernel.areas import within
from backend.kernel.clock import local_date
from backend.kernel.db import by_id, rows_by_id, table_of
from backend.residents.model import Resident

LISTED = ("overdue", "due", "upcoming", "escalated", "postponed")
_MERGED = "merged"  # why a task was cancelled: its resident turned out to be another, who has it


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
        postponed_until=row.postponed_until,
        postponed_reason=row.postponed_reason,
        postponed_times=row.postponed_times,
    )


def _values(task: Task, now: datetime) -> dict[str, Any]:
    values = dict(vars(task))
    values["reasons"] = [reason.as_json() for reason in task.reasons]
    values["updated_at"] = now
    return values


_NOT_FOLDED = {"id", "postponed_until", "postponed_reason", "postponed_times"}
_COLUMNS = [column.name for column in table_of(TaskRow).columns if column.name not in _NOT_FOLDED]


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
    """The derived states of followup-rules §0, as ``rules.state_on`` tells them.

    What is postponed stands in its own list alone. ``escalated``: as ``rules.level_on`` tells it.
    """
    row = TaskRow
    standing = and_(row.state == REQUESTED, or_(row.expires.is_(None), row.expires >= today))
    if state == "postponed":
        return and_(standing, row.postponed_until > today)
    late = {days: row.closes <= today - timedelta(days=days) for days in (PROMPT_DAYS, LATE_DAYS)}
    prompt = or_(row.kind.in_(PROMPT_KINDS), row.service.in_(PROMPT_SERVICES))
    window: dict[str, ColumnElement[bool]] = {
        "overdue": row.closes < today,
        "due": and_(row.closes >= today, row.opens <= today),
        "upcoming": and_(row.closes >= today, row.opens > today),
        "escalated": or_(row.escalation == "E3", late[LATE_DAYS], and_(late[PROMPT_DAYS], prompt)),
    }
    aside = or_(row.postponed_until.is_(None), row.postponed_until <= today)
    return and_(standing, aside, window[state])


def _in_areas(areas: Sequence[str]) -> ColumnElement[bool]:
    return within(TaskRow.village_code, map(bounds, areas))


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


def postpone(
    session: Session, task: Task, until: date | None, reason: str | None, now: datetime
) -> None:
    """Set a task aside until a day, or take that back, and tell the phones of its village."""
    session.execute(
        update(TaskRow)
        .where(TaskRow.id == task.id)
        .values(
            postponed_until=until,
            postponed_reason=reason,
            postponed_times=task.postponed_times + (until is not None),
            updated_at=now,
        )
    )
    feed.changed(session, [("task", task.id, task.village_code)])


def arrears(session: Session, areas: Sequence[str], today: date) -> list[Arrears]:
    """By village: what is overdue at all, and for a week and a month, and open emergencies."""
    overdue = _in_state("overdue", today)
    longer = {days: TaskRow.closes <= today - timedelta(days=days) for days in (7, 30)}
    standing = or_(overdue, and_(_in_state("escalated", today)))
    rows = session.execute(
        select(
            TaskRow.village_code,
            func.count().filter(overdue),
            func.count().filter(and_(overdue, longer[7])),
            func.count().filter(and_(overdue, longer[30])),
            func.count().filter(TaskRow.escalation == "E3"),
        )
        .where(_in_areas(areas), standing)
        .group_by(TaskRow.village_code)
        .order_by(TaskRow.village_code)
    )
    return [Arrears(*row) for row in rows]


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


def open_of(session: Session, subject_ids: Iterable[str]) -> dict[str, list[Task]]:
    """Open tasks of these subjects; nobody stands in it who has none."""
    rows = session.scalars(
        select(TaskRow).where(TaskRow.subject_id.in_(set(subject_ids)), TaskRow.state == REQUESTED)
    )
    found: dict[str, list[Task]] = {}
    for row in rows:
        found.setdefault(row.subject_id, []).append(_task(row))
    return found


def subjects_with_doses_due(
    session: Session, earliest: date, latest: date, after: str | None, limit: int
) -> list[str]:
    """Subjects of open dose tasks that were due in a time, by id, page by page."""
    where = [
        TaskRow.state == REQUESTED,
        TaskRow.service == IMMUNIZATION,
        TaskRow.due.between(earliest, latest),
    ]
    if after is not None:
        where.append(TaskRow.subject_id > after)
    return list(
        session.scalars(
            select(TaskRow.subject_id)
            .where(*where)
            .distinct()
            .order_by(TaskRow.subject_id)
            .limit(limit)
        )
    )


def expired(session: Session, today: date, limit: int = 500) -> list[Task]:
    """Open tasks that can no longer be done; they are to be marked as missed."""
    rows = session.scalars(
        select(TaskRow)
        .where(TaskRow.state == REQUESTED, TaskRow.expires < today)
        .order_by(TaskRow.id)
        .limit(limit)
    )
    return [_task(row) for row in rows]


def follow(session: Session, from_id: str, to: Resident, now: datetime) -> dict[str, list[str]]:
    """Take a resident's tasks along to another; those the other has anyway are cancelled.

    :returns: ``tasks`` that went along, ``cancelled`` ones
    """
    found = by_subjects(session, [from_id, to.id])
    waiting = {task.service for task in found[to.id] if task.is_open}
    equal = [task for task in found[from_id] if task.is_open and task.service in waiting]
    along = [task for task in found[from_id] if task not in equal]
    cancelled = [
        replace(task, state="cancelled", state_reason=_MERGED, state_on=local_date(now))
        for task in equal
    ]
    save(session, cancelled, now)
    _hand_over(session, along, to, now)
    return {"tasks": [task.id for task in along], "cancelled": [task.id for task in equal]}


def part(
    session: Session, to: Resident, along: Sequence[str], equal: Sequence[str], now: datetime
) -> None:
    """Give back what :func:`follow` took along, and open again what it cancelled."""
    found = by_ids(session, [*along, *equal])
    _hand_over(session, [found[one] for one in along if one in found], to, now)
    again = [
        replace(task, state="requested", state_reason=None, state_on=None)
        for one in equal
        if (task := found.get(one)) is not None and task.state_reason == _MERGED
    ]
    save(session, again, now)


def _hand_over(session: Session, tasks: Sequence[Task], to: Resident, now: datetime) -> None:
    ids = [task.id for task in tasks]
    session.execute(update(TaskRow).where(TaskRow.id.in_(ids)).values(subject_id=to.id))
    elsewhere = [task for task in tasks if task.village_code != to.village_code]
    feed.left(session, [("task", task.id, task.village_code) for task in elsewhere])
    save(
        session,
        [replace(task, subject_id=to.id, village_code=to.village_code) for task in tasks],
        now,
    )


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
