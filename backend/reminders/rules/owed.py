"""What a resident is told of the own follow-ups: pure functions from tasks to plans.

Source: followup-rules §0 'Reminders to residents': seven days and one day before the ideal day, one
day and seven days after the last; then no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend.followups.model import IMMUNIZATION, Task
from backend.kernel.clock import local_date
from backend.kernel.holidays import NO_HOLIDAYS, Holidays
from backend.reminders.model import FOLLOWUP, RESIDENT, SMS, ReminderPlan
from backend.reminders.rules.hours import family_window
from backend.reminders.rules.planning import told_steps

WEEK_BEFORE, EVE, DAY_LATE, WEEK_LATE = -7, -1, 1, 7
TOLD_FOR = timedelta(days=14)
"""How long after its day a step is still told: an outage is caught up with; old arrears are the
doctor's list [engineering]."""

_DAY = timedelta(days=1)


def days_of(task: Task) -> dict[int, date]:
    """Step -> the day on which it comes, the earliest first.

    Nobody is asked to come before the window opens, when a visit would not count: the week ahead is
    not told then, and the eve waits for that day.
    """
    found = {
        EVE: max(task.due - _DAY, task.opens),
        DAY_LATE: task.closes + _DAY,
        WEEK_LATE: task.closes + 7 * _DAY,
    }
    ahead = task.due - 7 * _DAY
    return {WEEK_BEFORE: ahead, **found} if ahead >= task.opens else found


def reached_step(task: Task, today: date) -> int | None:
    """The latest step that has come; nothing before the first."""
    come = [step for step, day in days_of(task).items() if day <= today]
    return come[-1] if come else None


def is_owed(task: Task, today: date) -> bool:
    """Whether a resident may be told of a task: open, and neither over nor set aside. A child's
    dose is told to the family."""
    return (
        task.is_open
        and task.service != IMMUNIZATION
        and (task.expires is None or task.expires >= today)
        and (task.postponed_until is None or task.postponed_until <= today)
    )


def steps_to_tell(
    tasks: Iterable[Task], told: Collection[tuple[str, int]], agreed_on: date, today: date
) -> tuple[tuple[str, int], ...]:
    """The tasks that a resident is to be told of today, each with its step.

    Only the latest step counts, so an outage is followed by one message. A step of the day on which
    they agreed is not told: the doctor stood before them.

    :param told: (task id, step) of what was told before
    """
    found = []
    for task in tasks:
        step = reached_step(task, today) if is_owed(task, today) else None
        if step is None or (task.id, step) in told:
            continue
        if max(agreed_on + _DAY, today - TOLD_FOR) <= days_of(task)[step]:
            found.append((task.id, step))
    return tuple(sorted(found))


def followup(
    resident_id: str,
    area_code: str,
    steps: tuple[tuple[str, int], ...],
    now: datetime,
    holidays: Holidays = NO_HOLIDAYS,
) -> ReminderPlan:
    """One SMS to a resident for everything of that day; it will name no service."""
    due_at, expires_at = family_window(now, holidays)
    return ReminderPlan(
        addressee_kind=RESIDENT,
        addressee_id=resident_id,
        reason=FOLLOWUP,
        occurrence=local_date(due_at).isoformat(),
        area_code=area_code,
        due_at=due_at,
        expires_at=expires_at,
        message={"kind": FOLLOWUP, "steps": [[task_id, step] for task_id, step in steps]},
        first_rung=SMS,
    )


def still_owed(message: Mapping[str, Any], tasks: Iterable[Task], today: date) -> bool:
    """Whether a planned message still has a reason: one of its visits has not been made."""
    named = {task_id for task_id, _step in told_steps(message)}
    return any(task.id in named and is_owed(task, today) for task in tasks)
