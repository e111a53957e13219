"""A fold told in lines, for ``flask followups explain`` and for whoever asks 'why is this due?'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from backend.followups.model import Fold, Reading, Task
from backend.followups.rules.comparing import state_on


def explain(fold: Fold, today: date, language: str = "zh-CN") -> Iterator[str]:
    """First what each record meant, in order, then every task; ids and facts, no names."""
    for reading in fold.readings:
        yield from _reading(reading, language)
    for task in fold.tasks:
        yield from _task(task, today, language)


def _reading(reading: Reading, language: str) -> Iterator[str]:
    kind = "ended" if reading.ended else "completed" if reading.completed else "not completed"
    yield f"record {reading.submission_id} {reading.form_key}: {kind}"
    known = {name: value for name, value in reading.facts.items() if value is not None}
    if known:
        yield "  facts " + ", ".join(f"{name}={value}" for name, value in known.items())
    if reading.class_code is not None:
        label = reading.class_label[language] if reading.class_label else ""
        raised = f", the doctor says {reading.doctor_class}" if reading.doctor_class else ""
        yield f"  class {reading.class_code} {label}{raised}"
    for reason in reading.reasons:
        yield f"  rule {reason.rule}: {reason.text[language]}"
    if reading.referral != "none" or reading.escalation != "E0":
        yield f"  referral {reading.referral}, escalation {reading.escalation}"
    for note in reading.notes:
        yield f"  note {note}"
    for place, message in reading.defects:
        yield f"  DEFECT {place}: {message}"


def _task(task: Task, today: date, language: str) -> Iterator[str]:
    why = f" ({task.state_reason})" if task.state_reason else ""
    yield f"task {task.id} {task.service} {task.kind} {task.anchor}: {state_on(task, today)}{why}"
    end = f", until {task.expires}" if task.expires else ""
    yield f"  opens {task.opens}, due {task.due}, closes {task.closes}{end}"
    if task.done_by_submission_id is not None:
        yield f"  done on {task.state_on} by {task.done_by_submission_id}"
    for reason in task.reasons:
        yield f"  {reason.rule}: {reason.text[language]}"
