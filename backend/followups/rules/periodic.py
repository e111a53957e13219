"""Tasks that come with the calendar: one a quarter, done by any of several forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
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
from backend.followups.rules.compiled import CompiledService, Periodic, Retry, Service
from backend.followups.rules.reading import Sight
from backend.kernel.dates import quarter, quarter_bounds
from backend.kernel.ids import task_id

DUE = "due"
RETRY = "retry"


def periodic_tasks(
    service: Service,
    subject: SubjectFacts,
    records: Sequence[Record],
    *,
    endings: Sequence[tuple[date, bool]],
    parameters: Callable[[date], Mapping[str, Any]],
    today: date,
) -> list[Task]:
    """A task for every quarter since the service is owed, up to that of today.

    :param records: in order; those of any member of the household count
    :param endings: days on which the subject ended, or was there again, in order
    """
    relevant = [record for record in records if service.reads(record.form_key)]
    first = subject.since or min((r.visit_date for r in relevant), default=today)
    tasks: list[Task] = []
    for period, start, end in _quarters(first, today):
        rules = service.on(start)
        gone_on = _gone_on(endings, end)
        if rules.periodic is None or (gone_on is not None and gone_on < start):
            continue
        within = [record for record in relevant if start <= record.visit_date <= end]
        given = parameters(start)
        own = {name: value for name, value in given.items() if name in rules.parameters}
        variables = {**rules.parameters, **own}
        task = _task(rules, rules.periodic, subject, period, variables)
        if task is None:
            continue
        task = _worked_on(rules.periodic, task, within, variables)
        if task.is_open and gone_on is not None:
            task = replace(task, state=CANCELLED, state_reason=ENDED, state_on=gone_on)
        elif task.is_open and end < today:
            task = replace(task, state=FAILED, state_reason=MISSED, state_on=end)
        tasks.append(task)
    return tasks


def _quarters(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    day = first
    while quarter(day) <= quarter(last):
        period = quarter(day)
        start, end = quarter_bounds(period)
        yield period, start, end
        day = end + timedelta(days=1)


def _gone_on(endings: Sequence[tuple[date, bool]], day: date) -> date | None:
    """Since when the subject was gone at the end of a day; nothing while it is there."""
    gone: date | None = None
    for on, ended in endings:
        if on > day:
            break
        gone = (gone or on) if ended else None
    return gone


def _task(
    rules: CompiledService,
    periodic: Periodic,
    subject: SubjectFacts,
    period: str,
    parameters: Mapping[str, Any],
) -> Task | None:
    start, end = quarter_bounds(period)
    sight = Sight(
        {**parameters, "period_start": start.isoformat(), "period_end": end.isoformat()},
        f"{rules.key} periodic",
    )
    opens = sight.day(periodic.opens, "opens")
    due = sight.day(periodic.due, "due")
    closes = sight.day(periodic.closes, "closes")
    if opens is None or due is None or closes is None:
        return None
    due = min(due, closes)
    return Task(
        id=task_id(subject.id, rules.key, period),
        county_code=subject.county_code,
        village_code=subject.village_code,
        subject_kind=subject.kind,
        subject_id=subject.id,
        household_id=subject.household_id,
        service=rules.key,
        kind=periodic.kind,
        anchor=period,
        opens=min(opens, due),
        due=due,
        closes=closes,
        expires=end,
        reasons=(Reason(DUE, periodic.reason),),
        rule_version=rules.version,
    )


def _worked_on(
    periodic: Periodic, task: Task, records: Sequence[Record], parameters: Mapping[str, Any]
) -> Task:
    """The task after the quarter's records: done by the first that counts, pushed by failures."""
    failures = 0
    for record in records:
        variables = {**record.answers, **parameters, "visit_date": record.visit_date.isoformat()}
        sight = Sight(variables, f"{task.service} periodic")
        if record.visit_date >= task.opens and _done(periodic, record, sight):
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


def _done(periodic: Periodic, record: Record, sight: Sight) -> bool:
    return any(
        entry.form_key in (record.form_key, "*") and sight.holds(entry.when, "done", absent=False)
        for entry in periodic.done_by
    )


def _failed(retry: Retry, record: Record, sight: Sight) -> bool:
    return retry.form_key == record.form_key and sight.holds(retry.when, "retry", absent=False)
