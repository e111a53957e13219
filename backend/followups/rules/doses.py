"""Vaccine doses as tasks: so that they stand in the same lists and reminders as visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from backend.followups.model import (
    COMPLETED,
    DOSE,
    IMMUNIZATION,
    Reason,
    SubjectFacts,
    Task,
)
from backend.immunization.model import DONE, DUE, OVERDUE, UPCOMING, ForecastDose
from backend.kernel.dates import add_months
from backend.kernel.ids import task_id

AHEAD_DAYS = 60
TIMELY_MONTHS = 1  # immunization.md §6: overdue from a month after the due date


def dose_tasks(
    forecast: Sequence[ForecastDose],
    subject: SubjectFacts,
    today: date,
    stored: Iterable[Task] = (),
    rule_version: str | None = None,
) -> tuple[Task, ...]:
    """The next undone dose of each series when it is overdue or due within 60 days, and the stored
    tasks of doses that have been given since, as completed.

    :param stored: the child's stored tasks; a dose nobody was asked for needs no task
    :param rule_version: edition that made the forecast, ``nip/1``
    """
    known = {task.anchor: task for task in stored if task.service == IMMUNIZATION}
    tasks: list[Task] = []
    reached: set[str] = set()
    for dose in forecast:
        if dose.status == DONE and dose.dose_id in known:
            tasks.append(_given(known[dose.dose_id], dose))
        if dose.status in (DUE, OVERDUE, UPCOMING) and dose.series not in reached:
            reached.add(dose.series)
            task = _task(dose, subject, rule_version)
            if task is not None and task.due <= today + timedelta(days=AHEAD_DAYS):
                tasks.append(task)
    return tuple(tasks)


def _given(task: Task, dose: ForecastDose) -> Task:
    return replace(task, state=COMPLETED, state_reason=None, state_on=dose.given_on)


def _task(dose: ForecastDose, subject: SubjectFacts, rule_version: str | None) -> Task | None:
    if dose.due is None or dose.earliest is None:
        return None
    text = {
        "zh-CN": f"{dose.label['zh-CN']}第{dose.no}剂",
        "en": f"{dose.label['en']}, dose {dose.no}",
    }
    return Task(
        id=task_id(subject.id, IMMUNIZATION, dose.dose_id),
        county_code=subject.county_code,
        village_code=subject.village_code,
        subject_kind=subject.kind,
        subject_id=subject.id,
        household_id=subject.household_id,
        service=IMMUNIZATION,
        kind=DOSE,
        anchor=dose.dose_id,
        opens=dose.earliest,
        due=dose.due,
        closes=add_months(dose.due, TIMELY_MONTHS),
        reasons=(Reason(dose.dose_id, text),),
        rule_version=rule_version,
    )
