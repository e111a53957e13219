"""Whom the calendar has brought something: told from the register and stored tasks alone.

Most days bring most subjects nothing. A fold over no records at all shows what a subject owes that
nobody has seen yet; only where a task of it is not stored, the history is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from backend.followups.model import FAILED, REQUESTED, SubjectFacts, Task
from backend.followups.rules.compiled import Service
from backend.followups.rules.folding import Parameters, fold

LAPSED_DAYS = 60
"""So long after a course's last task was missed it is looked at for another: a worker may have
been down for weeks."""


def waits(
    service: Service,
    subject: SubjectFacts,
    stored: Sequence[Task],
    parameters: Parameters,
    today: date,
) -> bool:
    """Whether the service may owe the subject a task that is not stored yet.

    :param stored: tasks of the subject; those of other services are passed over
    """
    mine = [task for task in stored if task.service == service.key]
    if _course_waits(mine, today):
        return True
    known = {task.id for task in mine}
    bare = fold(service, replace(subject, since=today), (), parameters, today)
    return any(task.is_open and task.id not in known for task in bare.tasks)


def _course_waits(mine: Sequence[Task], today: date) -> bool:
    """A plan that records began: the next window is told once the last one told has opened."""
    course = [task for task in mine if task.source_submission_id not in (None, task.anchor)]
    if not course:
        return False
    newest = max(course, key=lambda task: task.opens)
    last = (newest.expires or newest.closes) + timedelta(days=LAPSED_DAYS)
    return newest.state in (REQUESTED, FAILED) and newest.opens <= today <= last
