"""What went before a visit: other visits that are stored, and those of its own group.

Members of a household are visited in one sitting and their envelopes come in one group. What
follows from one of them depends on the others, yet asking the database again for each would cost
more than all the rest: after an ordinary visit everything that changed is known
(:func:`after`; ``tests/journeys/test_one_sitting.py`` holds it to what the database says).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from backend.followups.model import Task
from backend.followups.rules.subjects import record_of
from backend.intake.model import Facts, IntakeDecision, Opened, Stored
from backend.submissions.model import Content, Submission


def same_visits(content: Content, service: str | None, on: date, facts: Facts) -> tuple[str, ...]:
    """Ids of visits to the same subject, of the same service (or form, where it is of none) and
    day, from another phone or another doctor.
    """
    return tuple(
        one.id
        for one in facts.history
        if one.subject.id == content.subject.id
        and (one.form_key == content.form_key or (service is not None and one.service == service))
        and one.visit_date == on
        and one.id != content.submission_id
        and (one.device_id, one.worker_id) != (content.device_id, content.worker_id)
    )


def answers_before(content: Content, on: date, facts: Facts) -> Mapping[str, Any] | None:
    """Answers of the subject's newest earlier visit with this form."""
    return next(
        (
            one.answers
            for one in facts.history
            if one.subject.id == content.subject.id
            and one.form_key == content.form_key
            and one.visit_date < on
        ),
        None,
    )


def is_ordinary(opened: Opened, facts: Facts) -> bool:
    """Whether an envelope brings a visit and nothing else, as far as can be told beforehand: no
    correction, no replay, nobody registered or born.
    """
    if facts.form is None or facts.same_id is not None or facts.same_seq_id is not None:
        return False
    head = facts.form.bundle.form
    corrects = opened.content.base_version_id is not None
    return head.registers is None and head.for_each is None and not corrects


def leaves_a_visit(decision: IntakeDecision) -> Stored | None:
    """What was decided to store, where it leaves a visit and its tasks behind and nothing else that
    other decisions read.
    """
    stored = decision.stored
    if stored is None or stored.earlier is not None:
        return None
    changes = (
        *(stored.residents, stored.households, stored.sites, stored.pairs),
        *(stored.enrolments, stored.doses, stored.moved),
    )
    return None if any(changes) else stored


def after(facts: Facts, earlier: Stored) -> Facts:
    """The facts of an ordinary visit once another has been stored that leaves only a visit."""
    came = earlier.submission
    situation = replace(
        facts.situation,
        stored=_written(facts.situation.stored, earlier.tasks, facts.situation.subjects),
    )
    if not facts.asked.wants(came):
        return replace(facts, situation=situation)
    return replace(
        facts,
        situation=replace(situation, records=(record_of(came), *situation.records)),
        history=tuple(sorted((came, *facts.history), key=_newness, reverse=True)),
    )


def _newness(one: Submission) -> tuple[Any, ...]:
    return one.visit_date, one.finalised_at, one.id


def _written(
    stored: Sequence[Task], put: Sequence[Task], subjects: Mapping[str, Any]
) -> tuple[Task, ...]:
    """Tasks once these are written; what a person postponed, no fold takes back."""
    tasks = {task.id: task for task in stored}
    for task in put:
        if task.subject_id in subjects:
            old = tasks.get(task.id, task)
            tasks[task.id] = replace(
                task,
                postponed_until=old.postponed_until,
                postponed_reason=old.postponed_reason,
                postponed_times=old.postponed_times,
            )
    return tuple(tasks.values())
