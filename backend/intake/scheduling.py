"""What a submission makes due: follow-ups by the programmes' rules, doses by the forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.followups.model import Reading, Task
from backend.followups.rules.scheduling import schedule, strongest
from backend.followups.rules.subjects import record_of, resident_facts
from backend.intake.model import Facts
from backend.intake.people import People
from backend.kernel.clock import local_date
from backend.kernel.dates import parse_day
from backend.review.rules import days_late
from backend.submissions.model import Submission


@dataclass(frozen=True)
class Planned:
    """What follows from a submission.

    :param put: tasks to write
    :param tasks: open tasks of its subjects afterwards, for the doctor's eyes
    :param urgent: tasks that the township must hear of at once (E3)
    :param computed: what the rules made of the visit, kept with the version
    """

    put: tuple[Task, ...]
    tasks: tuple[Task, ...]
    urgent: tuple[Task, ...]
    computed: Mapping[str, Any]
    escalation: str
    next_visit_late_days: int | None


def plan(submission: Submission, found: People, facts: Facts, now: datetime) -> Planned:
    """Work out everything that a submission makes due."""
    today = local_date(now)
    enrolments = {e.id: e for e in (*facts.enrolments, *found.enrolments)}
    subjects = [resident_facts(child, (), today) for child in found.children]
    if found.resident is not None and found.resident.merged_into is None:
        subjects.append(resident_facts(found.resident, enrolments.values(), today))
    record = record_of(submission)
    situation = facts.situation.knowing(subjects).after(record, found.doses)
    done = schedule(situation, record, now)
    referral, escalation = strongest(done.readings)
    open_tasks = tuple(task for task in done.tasks if task.is_open)
    return Planned(
        put=done.put,
        tasks=open_tasks,
        urgent=tuple(t for t in done.put if t.is_open and t.escalation == "E3"),
        computed=_computed(done.readings, referral, escalation),
        escalation=escalation,
        next_visit_late_days=_late(submission.answers, open_tasks),
    )


def _computed(readings: tuple[Reading, ...], referral: str, escalation: str) -> dict[str, Any]:
    judged = next((r for r in readings if r.class_code is not None), None)
    return {
        "class": None if judged is None else judged.class_code,
        "class_label": None if judged is None else dict(judged.class_label or {}),
        "doctor_class": None if judged is None else judged.doctor_class,
        "rules": [rule for reading in readings for rule in reading.rules],
        "reasons": [reason.as_json() for reading in readings for reason in reading.reasons],
        "advice": [dict(text) for reading in readings for text in reading.advice],
        "notes": [note for reading in readings for note in reading.notes],
        "defects": [list(defect) for reading in readings for defect in reading.defects],
        "referral": referral,
        "escalation": escalation,
    }


def _late(answers: Mapping[str, Any], tasks: tuple[Task, ...]) -> int | None:
    """Days by which the doctor's own next date lies behind the rule's last day."""
    try:
        stated = parse_day(answers["next_visit_date"])
    except (KeyError, TypeError, ValueError):
        return None
    return days_late(stated, min((task.closes for task in tasks), default=None))
