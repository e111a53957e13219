"""The answer to a question from outside: class, rules, referral and tasks, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.followups.model import Fold, Reading, SubjectFacts, Task
from backend.followups.rules.asking import BadQuestion, Question
from backend.followups.rules.comparing import state_on
from backend.followups.rules.compiled import Programmes, Service
from backend.followups.rules.folding import fold
from backend.followups.rules.scheduling import strongest


@dataclass(frozen=True)
class Folded:
    """What one service makes of the question."""

    service: Service
    subject: SubjectFacts
    fold: Fold
    reading: Reading | None


def folded(question: Question, programmes: Programmes) -> list[Folded]:
    """Every service that reads the record, the one that judges it first.

    :raises BadQuestion: the policy names a parameter that none of them has, or of another type
    """
    record = question.record
    about = {subject.id: subject for subject in question.subjects}
    services = programmes.read_by(record.form_key)
    _check_policy(question.policy, services)
    found: list[Folded] = []
    for service in services:
        ids = service.subjects(
            record.form_key, record.submission_id, record.subject_id, record.answers
        )
        for subject in (about[key] for key in ids if key in about):
            if service.is_of(subject.kind):
                done = fold(
                    service, subject, question.records, lambda day: question.policy, question.today
                )
                own = [r for r in done.readings if r.submission_id == record.submission_id]
                found.append(Folded(service, subject, done, own[0] if own else None))
    return sorted(found, key=_rank)


def _rank(one: Folded) -> int:
    if one.reading is None:
        return 3
    return 0 if one.reading.class_code is not None else 1 if one.reading.rules else 2


def _check_policy(policy: Mapping[str, Any], services: Iterable[Service]) -> None:
    known: dict[str, Any] = {}
    for service in services:
        known |= service.newest.parameters
    for name, value in policy.items():
        if name not in known:
            raise BadQuestion(f"policy.{name}: there is no such parameter; known: {sorted(known)}")
        if not same_type(known[name], value):
            raise BadQuestion(f"policy.{name}: must be like {known[name]!r}")


def same_type(own: Any, given: Any) -> bool:
    """Whether a value can stand in the place of a parameter."""
    numbers = isinstance(own, (int, float)) and not isinstance(own, bool)
    if numbers:
        return isinstance(given, (int, float)) and not isinstance(given, bool)
    return isinstance(given, type(own))


def answer(question: Question, found: list[Folded]) -> dict[str, Any]:
    """The answer as JSON. ``class``, ``rule`` and ``rules`` are of the service that judges."""
    readings = [one.reading for one in found if one.reading is not None]
    referral, escalation = strongest(readings)
    services = [_service(question, one) for one in found]
    main = services[0] if services else {}
    judged = {name: main.get(name) for name in ("service", "class", "class_label", "doctor_class")}
    return {
        "form": question.record.form_key,
        "visit_date": question.record.visit_date.isoformat(),
        "today": question.today.isoformat(),
        **judged,
        "rule": next((rule["id"] for rule in main.get("rules", ())), None),
        "rules": main.get("rules", []),
        "referral": referral,
        "escalation": escalation,
        "tasks": [task for one in services for task in one["tasks"]],
        "services": services,
        "violations": [dict(violation) for violation in question.violations],
    }


def _service(question: Question, one: Folded) -> dict[str, Any]:
    reading = one.reading
    tasks = sorted(one.fold.tasks, key=lambda t: t.source_submission_id != _own(question))
    return {
        "service": one.service.key,
        "completed": reading is not None and reading.completed,
        "class": reading and reading.class_code,
        "class_label": reading and reading.class_label and dict(reading.class_label),
        "doctor_class": reading and reading.doctor_class,
        "rules": [
            {"id": reason.rule, "reason": dict(reason.text)}
            for reason in (reading.reasons if reading else ())
        ],
        "referral": reading.referral if reading else "none",
        "escalation": reading.escalation if reading else "E0",
        "advice": [dict(text) for text in (reading.advice if reading else ())],
        "notes": list(reading.notes) if reading else [],
        "facts": dict(reading.facts) if reading else {},
        "defects": [list(defect) for defect in (reading.defects if reading else ())],
        "tasks": [_task(question, task) for task in tasks if task.is_open],
        "settled": [_task(question, task) for task in tasks if not task.is_open],
    }


def _own(question: Question) -> str:
    return question.record.submission_id


def _task(question: Question, task: Task) -> dict[str, Any]:
    return {
        "service": task.service,
        "kind": task.kind,
        "opens": task.opens.isoformat(),
        "due": task.due.isoformat(),
        "closes": task.closes.isoformat(),
        "expires": task.expires and task.expires.isoformat(),
        "state": state_on(task, question.today),
        "face_to_face": task.face_to_face,
        "referral": task.referral,
        "escalation": task.escalation,
        "rules": [reason.rule for reason in task.reasons],
        "reasons": [dict(reason.text) for reason in task.reasons],
        "anchor": task.anchor,
    }
