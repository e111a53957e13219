"""Use cases on follow-ups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.followups import store
from backend.followups.model import FAILED, MISSED, Fold, Record, SubjectFacts, Task
from backend.followups.rules import (
    Programmes,
    Service,
    compare,
    compile_programme,
    fold,
    programmes as joined,
)
from backend.forms import service as forms
from backend.kernel.clock import local_date
from backend.programmes import service as policies

_compiled: dict[tuple[str, ...], Programmes] = {}


def programmes(session: Session) -> Programmes:
    """Every published programme with all its versions; compiled once a process and content."""
    rules = forms.rule_refs(session, "programme")
    key = (*forms.form_digests(session), *(ref.sha256 for ref in rules))
    known = _compiled.get(key)
    if known is None:
        types = forms.field_types(session)
        found = [forms.rule_version(session, ref.kind, ref.key, ref.version) for ref in rules]
        known = joined(tuple(compile_programme(r.body, types) for r in found if r is not None))
        _compiled.clear()  # what was published before is part of the new set
        _compiled[key] = known
    return known


def refold(
    session: Session,
    service: Service,
    subject: SubjectFacts,
    records: Iterable[Record],
    now: datetime,
) -> Fold:
    """Fold a subject's records for a service and write what changed."""
    parameters = policies.overrides(session, service.newest.programme, subject.village_code)
    folded = fold(service, subject, records, parameters, local_date(now))
    stored = [
        task
        for task in store.by_subjects(session, [subject.id])[subject.id]
        if task.service == service.key
    ]
    store.save(session, compare(stored, folded.tasks, now).put, now)
    return folded


def save(session: Session, tasks: Iterable[Task], now: datetime) -> None:
    """Insert or replace tasks, and tell the phones of their villages."""
    store.save(session, tasks, now)


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


def miss_expired(session: Session, now: datetime, limit: int = 500) -> int:
    """Mark open tasks that can no longer be done as missed; says how many."""
    gone = store.expired(session, local_date(now), limit)
    missed = [
        replace(task, state=FAILED, state_reason=MISSED, state_on=task.expires) for task in gone
    ]
    store.save(session, missed, now)
    return len(missed)
