"""Tasks that come with the calendar: one a period, done by any of several forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from backend.followups.model import (
    CANCELLED,
    COMPLETED,
    ENDED,
    FAILED,
    MISSED,
    Reason,
    Record,
    SubjectFacts,
    Task,
)
from backend.followups.rules.calendar import Period, period_of, periods
from backend.followups.rules.compiled import CompiledService, DoneBy, Periodic, Retry, Service
from backend.followups.rules.reading import Sight, parameters_of, subject_variables
from backend.kernel.ids import task_id

DUE = "due"
RETRY = "retry"


@dataclass(frozen=True)
class _History:
    """Records about the subject, which of them can do work, and when the subject was gone."""

    records: Sequence[Record]
    works: Callable[[Record], bool]
    endings: Sequence[tuple[date, bool]]


def periodic_tasks(
    service: Service,
    subject: SubjectFacts,
    records: Sequence[Record],
    *,
    works: Callable[[Record], bool],
    endings: Sequence[tuple[date, bool]],
    parameters: Callable[[date], Mapping[str, Any]],
    today: date,
) -> list[Task]:
    """A task for every period since the service is looked at, up to that of today.

    :param records: in order, those about the subject
    :param works: whether a record can do a period's work; one that was not completed can not
    :param endings: days on which the subject ended, or was there again, in order
    """
    if service.newest.periodic is None:
        return []
    read = [record for record in records if service.reads(record.form_key)]
    first = subject.since or (read[0].visit_date if read else today)
    history = _History(read, works, endings)
    tasks: list[Task] = []
    for period in periods(service.newest.periodic.every, first, today):
        rules = service.on(period.start)
        if rules.periodic is None:
            continue
        seen = {**subject_variables(subject), **parameters_of(rules, parameters(period.start))}
        task = _of_period(rules, rules.periodic, subject, period, history, seen, today)
        tasks += [] if task is None else [task]
    return tasks


def current_anchor(service: Service, today: date) -> str | None:
    """The anchor of the period that a day lies in; nothing for a service without periods."""
    periodic = service.newest.periodic
    return None if periodic is None else period_of(periodic.every, today).anchor


def _of_period(
    rules: CompiledService,
    periodic: Periodic,
    subject: SubjectFacts,
    period: Period,
    history: _History,
    seen: Mapping[str, Any],
    today: date,
) -> Task | None:
    gone_on = _gone_on(history.endings, period.end)
    if gone_on is not None and gone_on < period.start:
        return None
    previous = _previous(rules, periodic, history, period, seen)
    task = _task(rules, periodic, subject, period, previous, seen)
    if task is None:
        return None
    task = _worked_on(periodic, task, history, period, seen)
    if task.is_open and gone_on is not None:
        return replace(task, state=CANCELLED, state_reason=ENDED, state_on=gone_on)
    if task.is_open and period.end < today:
        return replace(task, state=FAILED, state_reason=MISSED, state_on=period.end)
    return task


def _gone_on(endings: Sequence[tuple[date, bool]], day: date) -> date | None:
    """Since when the subject was gone at the end of a day; nothing while it is there."""
    gone: date | None = None
    for on, ended in endings:
        if on > day:
            break
        gone = (gone or on) if ended else None
    return gone


def _previous(
    rules: CompiledService,
    periodic: Periodic,
    history: _History,
    period: Period,
    seen: Mapping[str, Any],
) -> date | None:
    """Day on which the work of an earlier period was done last."""
    earlier = [record for record in history.records if record.visit_date < period.start]
    for record in filter(history.works, reversed(earlier)):
        if doing(periodic.done_by, record, _sight_of(rules.key, record, seen)) is not None:
            return record.visit_date
    return None


def _task(
    rules: CompiledService,
    periodic: Periodic,
    subject: SubjectFacts,
    period: Period,
    previous: date | None,
    seen: Mapping[str, Any],
) -> Task | None:
    bounds = {
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "previous_done": None if previous is None else previous.isoformat(),
    }
    sight = Sight({**seen, **bounds}, f"{rules.key} periodic")
    if not sight.holds(periodic.applies, "applies", absent=True):
        return None
    opens = sight.day(periodic.opens, "opens")
    due = sight.day(periodic.due, "due")
    closes = sight.day(periodic.closes, "closes")
    if opens is None or due is None or closes is None:
        return None
    due = min(due, closes)
    return Task(
        id=task_id(subject.id, rules.key, period.anchor),
        county_code=subject.county_code,
        village_code=subject.village_code,
        subject_kind=subject.kind,
        subject_id=subject.id,
        household_id=subject.household_id,
        service=rules.key,
        kind=periodic.kind,
        anchor=period.anchor,
        opens=min(opens, due),
        due=due,
        closes=closes,
        expires=period.end,
        reasons=(Reason(DUE, periodic.reason),),
        rule_version=rules.version,
    )


def _worked_on(
    periodic: Periodic, task: Task, history: _History, period: Period, seen: Mapping[str, Any]
) -> Task:
    """The task after the period's records: done by the first that counts, pushed by failures."""
    failures = 0
    for record in history.records:
        if not period.start <= record.visit_date <= period.end:
            continue
        sight = _sight_of(task.service, record, seen)
        if history.works(record) and doing(periodic.done_by, record, sight) is not None:
            return replace(
                task,
                state=COMPLETED,
                state_on=record.visit_date,
                done_by_submission_id=record.submission_id,
            )
        retry = periodic.retry
        if retry is not None and failures < retry.max_times and _failed(retry, record, sight):
            failures += 1
            due = min(record.visit_date + timedelta(days=retry.after_days), task.closes)
            task = replace(task, due=due, opens=min(task.opens, due))
            if failures == 1:
                task = replace(task, reasons=(*task.reasons, Reason(RETRY, retry.reason)))
    return task


def _sight_of(service: str, record: Record, seen: Mapping[str, Any]) -> Sight:
    variables = {**record.answers, **seen, "visit_date": record.visit_date.isoformat()}
    return Sight(variables, f"{service} done_by")


def doing(entries: Sequence[DoneBy], record: Record, sight: Sight) -> DoneBy | None:
    """The entry by which a record does the work, if any."""
    for entry in entries:
        if entry.form_key in (record.form_key, "*") and sight.holds(
            entry.when, "when", absent=False
        ):
            return entry
    return None


def _failed(retry: Retry, record: Record, sight: Sight) -> bool:
    return retry.form_key == record.form_key and sight.holds(retry.when, "retry", absent=False)
