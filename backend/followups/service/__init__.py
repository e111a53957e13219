"""Use cases on follow-ups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.followups import store
from backend.followups.model import FAILED, MISSED, Arrears, Task
from backend.followups.rules import (
    Programmes,
    compile_programme,
    programmes as joined,
)
from backend.followups.rules.escalating import check_postponement
from backend.forms import service as forms
from backend.kernel.clock import local_date

_compiled: dict[tuple[object, ...], Programmes] = {}


def programmes(session: Session) -> Programmes:
    """Every published programme with all its versions; compiled once a process and content."""
    mark = forms.published(session).mark
    known = _compiled.get(mark)
    if known is None:
        types = forms.field_types(session)
        rules = forms.rule_refs(session, "programme")
        found = [forms.rule_version(session, ref.kind, ref.key, ref.version) for ref in rules]
        known = joined(tuple(compile_programme(r.body, types) for r in found if r is not None))
        _compiled.clear()  # what was published before is part of the new set
        _compiled[mark] = known
    return known


def save(session: Session, tasks: Iterable[Task], now: datetime) -> None:
    """Insert or replace tasks, and tell the phones of their villages."""
    store.save(session, tasks, now)


def by_ids(session: Session, ids: Iterable[str]) -> dict[str, Task]:
    """Tasks by id."""
    return store.by_ids(session, ids)


def made_by(session: Session, submission_id: str) -> list[Task]:
    """Tasks that a submission made, and those it completed, by ``opens``."""
    return store.made_by(session, submission_id)


def of_subjects(session: Session, subject_ids: Iterable[str]) -> dict[str, list[Task]]:
    """Every task of these subjects."""
    return store.by_subjects(session, subject_ids)


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
    """One page of the overdue, due or upcoming tasks of areas."""
    return store.listed(session, areas, state, today, service=service, after=after, limit=limit)


def counts(
    session: Session, areas: Sequence[str], today: date, *, service: str | None = None
) -> dict[str, int]:
    """How many tasks of each listed state the areas have."""
    return store.counts(session, areas, today, service=service)


def postpone(session: Session, task: Task, until: date, reason: str, now: datetime) -> None:
    """Set a task aside until a day.

    :raises Refusal: what :func:`escalating.check_postponement` raises
    """
    check_postponement(task, until, local_date(now))
    store.postpone(session, task, until, reason, now)


def resume(session: Session, task: Task, now: datetime) -> None:
    """Take a postponement back."""
    store.postpone(session, task, None, None, now)


def open_of(session: Session, subject_ids: Iterable[str]) -> dict[str, list[Task]]:
    """Open tasks of these subjects; nobody stands in it who has none."""
    return store.open_of(session, subject_ids)


def arrears(session: Session, areas: Sequence[str], today: date) -> list[Arrears]:
    """What is late, by village."""
    return store.arrears(session, areas, today)


def subjects_with_doses_due(
    session: Session, earliest: date, latest: date, after: str | None, limit: int
) -> list[str]:
    """Children with an open dose that was due in a time, by id, page by page."""
    return store.subjects_with_doses_due(session, earliest, latest, after, limit)


def miss_expired(session: Session, now: datetime, limit: int = 500) -> int:
    """Mark open tasks that can no longer be done as missed; says how many."""
    gone = store.expired(session, local_date(now), limit)
    missed = [
        replace(task, state=FAILED, state_reason=MISSED, state_on=task.expires) for task in gone
    ]
    store.save(session, missed, now)
    return len(missed)
