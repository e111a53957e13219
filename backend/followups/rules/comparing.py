"""What has to be written so that the stored tasks equal the folded ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, datetime
from operator import attrgetter

from backend.followups.model import (
    CANCELLED,
    COMPLETED,
    FAILED,
    MISSED,
    REQUESTED,
    WITHDRAWN,
    Task,
    TaskChanges,
)
from backend.kernel.clock import local_date

_STATES = {COMPLETED: "done", CANCELLED: "cancelled", FAILED: "missed"}


def state_on(task: Task, today: date) -> str:
    """upcoming, due, overdue, done, cancelled or missed (followup-rules §0, States)."""
    if task.state != REQUESTED:
        return _STATES[task.state]
    if task.expires is not None and today > task.expires:
        return "missed"
    if today > task.closes:
        return "overdue"
    return "due" if today >= task.opens else "upcoming"


def compare(stored: Iterable[Task], folded: Iterable[Task], now: datetime) -> TaskChanges:
    """Inserts, changes and cancellations.

    A stored task that is no longer made (its record was corrected or voided) is cancelled, or has
    failed when it had expired; one that had come to its end stays as it is, except that a
    completion without its record is none.

    :param stored: every stored task of the subjects and services that were folded
    """
    before = {task.id: task for task in stored}
    after = {task.id: task for task in folded}
    put = [task for task in after.values() if not _is_same(before.get(task.id), task)]
    today = local_date(now)
    put += [
        _gone(task, today) for task in before.values() if task.id not in after and _counts(task)
    ]
    return TaskChanges(tuple(put))


def _is_same(stored: Task | None, folded: Task) -> bool:
    """Whether they say the same; what a person postponed, no fold knows."""
    return stored is not None and _what_is_folded(stored) == _what_is_folded(folded)


_POSTPONED = {"postponed_until", "postponed_reason", "postponed_times"}
_what_is_folded = attrgetter(*(each.name for each in fields(Task) if each.name not in _POSTPONED))


def _counts(task: Task) -> bool:
    return task.state in (REQUESTED, COMPLETED)


def _gone(task: Task, today: date) -> Task:
    if task.is_open and task.expires is not None and task.expires < today:
        return replace(task, state=FAILED, state_reason=MISSED, state_on=task.expires)
    return replace(
        task,
        state=CANCELLED,
        state_reason=WITHDRAWN,
        state_on=today,
        done_by_submission_id=None,
    )
