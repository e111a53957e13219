"""Follow-ups as nouns: what is due, from which records, and what those records say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

Text: TypeAlias = Mapping[str, str]

REQUESTED = "requested"
COMPLETED = "completed"
CANCELLED = "cancelled"
FAILED = "failed"

SUPERSEDED = "superseded"  # a task or candidate that matters more took its place
ENDED = "ended"  # died, moved out, closed
MISSED = "missed"  # nobody came before it expired
WITHDRAWN = "withdrawn"  # what had made it due was corrected or voided

DOSE = "dose"
IMMUNIZATION = "immunization"


@dataclass(frozen=True)
class Reason:
    """Why something is due, in a sentence the doctor reads."""

    rule: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "text": dict(self.text)}


@dataclass(frozen=True)
class Task:
    """A thing due. Upcoming, due and overdue are told by ``rules.state_on``, never stored.

    :param id: derived from subject, service and anchor: phone and server agree without talking
    :param anchor: the first version of the submission that made it, a period, or a dose
    :param opens: first day on which a visit completes it
    :param closes: last day before it is overdue
    :param expires: last day on which it can still be done; nothing when that never ends
    :param rule_version: ``programme/version`` that made it
    :param postponed_until: a person set it aside until then; no rule knows of it
    """

    id: str
    county_code: str
    village_code: str
    subject_kind: str
    subject_id: str
    household_id: str | None
    service: str
    kind: str
    anchor: str
    opens: date
    due: date
    closes: date
    expires: date | None = None
    state: str = REQUESTED
    state_reason: str | None = None
    state_on: date | None = None
    face_to_face: bool = False
    referral: str = "none"
    escalation: str = "E0"
    reasons: tuple[Reason, ...] = ()
    rule_version: str | None = None
    source_submission_id: str | None = None
    done_by_submission_id: str | None = None
    postponed_until: date | None = None
    postponed_reason: str | None = None
    postponed_times: int = 0

    @property
    def is_open(self) -> bool:
        return self.state == REQUESTED


@dataclass(frozen=True)
class Arrears:
    """What is late in a village.

    :param week: of the overdue ones, those late for at least 7 days; ``month``: 30 days
    :param emergencies: open tasks of an emergency (E3)
    """

    village_code: str
    overdue: int
    week: int
    month: int
    emergencies: int


@dataclass(frozen=True)
class SubjectFacts:
    """Whom the tasks are about.

    :param kind: resident, household, area or site
    :param programmes: what a resident is enrolled in
    :param since: day in the first period that is looked at; nothing: that of the first record
    :param ended_on: day of death, moving out or closing, while that holds
    """

    kind: str
    id: str
    county_code: str
    village_code: str
    household_id: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    programmes: tuple[str, ...] = ()
    since: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class Record:
    """One standing submission (not rejected, not voided) at its newest version.

    :param submission_id: id of the first version, stable over corrections
    :param subject_id: whom it is about; a delivery notice is about the mother
    :param answers: the values after evaluation (``forms.rules.evaluate``)
    """

    submission_id: str
    subject_id: str
    form_key: str
    visit_date: date
    finalised_at: datetime
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """What one record means for one service.

    :param class_code: computed from measured facts; nothing when no class holds
    :param doctor_class: what the doctor made of it, where that is more serious
    :param rules: rules that fired, in the order of the file
    :param facts: by id, ``None`` where there is no value
    :param notes: ``class_lowered`` (the doctor stated a milder class), ``next_visit_late`` (the
        doctor's date lies after the rule's last day)
    :param defects: expressions that failed although everything was answered: (place, message)
    """

    submission_id: str
    form_key: str
    completed: bool
    ended: bool
    class_code: str | None = None
    class_label: Text | None = None
    doctor_class: str | None = None
    rules: tuple[str, ...] = ()
    referral: str = "none"
    escalation: str = "E0"
    reasons: tuple[Reason, ...] = ()
    advice: tuple[Text, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    defects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fold:
    """Every task of a subject and service, by ``opens``, and one reading a record of it."""

    tasks: tuple[Task, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class TaskChanges:
    """Tasks to be written so that what is stored equals what was folded."""

    put: tuple[Task, ...]
