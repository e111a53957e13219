"""The fold over a history (docs/decisions/0005): from all standing records to all tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias

from backend.followups.model import (
    CANCELLED,
    COMPLETED,
    ENDED,
    FAILED,
    MISSED,
    SUPERSEDED,
    Fold,
    Reading,
    Record,
    SubjectFacts,
    Task,
)
from backend.followups.rules.compiled import CompiledService, Episode, Section, Service
from backend.followups.rules.courses import Courses
from backend.followups.rules.periodic import periodic_tasks
from backend.followups.rules.points import points_tasks
from backend.followups.rules.reading import (
    Candidate,
    Sight,
    judge,
    subject_variables,
    urgency,
    variables_of,
    work_out_facts,
)
from backend.kernel.ids import newborn_id, task_id

Parameters: TypeAlias = Callable[[date], Mapping[str, Any]]
"""What an area's policies say instead of the programme's own parameters, by day of the visit."""


def no_policies(day: date) -> Mapping[str, Any]:
    """An area without policies of its own."""
    del day
    return {}


def fold(
    service: Service,
    subject: SubjectFacts,
    records: Iterable[Record],
    parameters: Parameters,
    today: date,
) -> Fold:
    """Every task of a subject and a service.

    :param records: all standing ones, in any order; those of other forms are passed over
    :param parameters: see :data:`Parameters`
    :param today: decides only which tasks have expired and which periods have begun
    """
    ordered = sorted(records, key=lambda r: (r.visit_date, r.finalised_at, r.submission_id))
    line = _Line(
        service, subject, parameters, _courses(service, subject, ordered, parameters, today)
    )
    for place, record in enumerate(ordered):
        line.take(place, record)
    line.expire(min(today, subject.ended_on or today))
    tasks = line.tasks
    if subject.ended_on is not None:
        tasks = [_ended(task, subject.ended_on) for task in tasks]
    working = [record if line.works(record) else None for record in ordered]
    tasks += periodic_tasks(
        service,
        subject,
        [record for record in ordered if line.concerns(record)],
        works=line.works,
        endings=line.known_endings(),
        parameters=parameters,
        today=today,
    )
    tasks += points_tasks(
        service, subject, working, courses=line.courses.all(), parameters=parameters, today=today
    )
    tasks.sort(key=lambda task: (task.opens, task.id))
    return Fold(tuple(tasks), tuple(line.readings))


def _courses(
    service: Service,
    subject: SubjectFacts,
    ordered: Sequence[Record],
    parameters: Parameters,
    today: date,
) -> Courses:
    """A subject is known since the first record that is about it or has a row for it, or today."""
    about = (
        record.visit_date
        for record in ordered
        if record.subject_id == subject.id
        or subject.id
        in service.subjects(
            record.form_key, record.submission_id, record.subject_id, record.answers
        )
    )
    return Courses(service, subject, parameters, next(about, today))


def _ended(task: Task, on: date) -> Task:
    if not task.is_open:
        return task
    return replace(task, state=CANCELLED, state_reason=ENDED, state_on=on)


@dataclass
class _Series:
    """An episode as far as it has come."""

    first: date
    days: set[date] = field(default_factory=set)
    raised: set[date] = field(default_factory=set)


@dataclass
class _Line:
    """What is known after the records taken so far."""

    service: Service
    subject: SubjectFacts
    parameters: Parameters
    courses: Courses
    tasks: list[Task] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    endings: list[tuple[date, bool]] = field(default_factory=list)
    _open: int | None = None  # place of the one open task
    _previous: dict[str, tuple[Mapping[str, Any], int]] = field(default_factory=dict)
    _completed: list[str] = field(default_factory=list)  # forms of completed records
    _series: dict[str, _Series] = field(default_factory=dict)
    _unmet: int = 0  # records in a row that were not completed
    _idle: set[str] = field(default_factory=set)  # submissions that were not completed
    _passed_over: set[str] = field(default_factory=set)  # submissions that are none of this service

    def take(self, place: int, record: Record) -> None:
        """One more record, the newest so far. :param place: in the order of all"""
        rules = self.service.on(record.visit_date)
        section = rules.sections.get(record.form_key)
        if section is None:
            return
        row = self._row(section, record)
        if row is None:
            return
        self.courses.before(place, record.visit_date)
        sight = self._sight(rules, section, record, row)
        if not sight.holds(section.applies, "applies", absent=True):
            self._passed_over.add(record.submission_id)
            return
        self.expire(record.visit_date)
        ended = sight.holds(section.ended, "ended", absent=False)
        completed = sight.holds(section.completed, "completed", absent=True) and not ended
        self._look_back(section, sight)
        if completed and section.episode is not None:
            self._count(section, section.episode, sight, record.visit_date)
        facts = work_out_facts(section, sight)
        self._unmet = 0 if completed or ended else self._unmet + 1
        sight.variables["unmet_in_row"] = float(self._unmet)
        candidate = None if ended else judge(section, sight, record.answers, completed=completed)
        self.endings.append((record.visit_date, ended))
        if completed:
            self._complete(section, sight, record)
            self._completed.append(section.form_key)
        else:
            self._idle.add(record.submission_id)
        if candidate is not None:
            self._compete(rules, record, candidate)
        qualifies = sight.holds(section.qualifies, "qualifies", absent=completed)
        self._remember(place, section, record, facts if qualifies else None, ended=ended)
        reading = Reading(
            submission_id=record.submission_id,
            form_key=record.form_key,
            completed=completed,
            ended=ended,
            facts=facts,
            defects=tuple(sight.defects),
        )
        self.readings.append(reading if candidate is None else _judged(reading, candidate))

    def _remember(
        self,
        place: int,
        section: Section,
        record: Record,
        facts: Mapping[str, Any] | None,
        *,
        ended: bool,
    ) -> None:
        """Keep what later records look back at. :param facts: nothing where they do not count"""
        if ended:
            self._settle(CANCELLED, record.visit_date, ENDED)
            self.courses.end(place, record.visit_date)
            return
        if facts is not None:
            self._previous[section.form_key] = (facts, len(self._completed))
        self.courses.take(place, record, facts)

    def concerns(self, record: Record) -> bool:
        """Whether a record is about the subject; those of its members are about a household."""
        own = record.subject_id == self.subject.id or self.subject.kind == "household"
        return own and record.submission_id not in self._passed_over

    def works(self, record: Record) -> bool:
        """Whether a record can do the work of a period or point."""
        return self.concerns(record) and record.submission_id not in self._idle

    def _row(self, section: Section, record: Record) -> Mapping[str, Any] | None:
        """The row about this subject; nothing when the record is about somebody else."""
        if section.for_each is None:
            return {} if record.subject_id == self.subject.id else None
        for index, row in enumerate(record.answers.get(section.for_each) or ()):
            if newborn_id(record.submission_id, index) == self.subject.id:
                return row if isinstance(row, Mapping) else {}
        return None

    def _sight(
        self, rules: CompiledService, section: Section, record: Record, row: Mapping[str, Any]
    ) -> Sight:
        parameters = self.parameters(record.visit_date)
        variables = variables_of(rules, section, record.answers, row, parameters)
        variables["visit_date"] = record.visit_date.isoformat()
        variables |= subject_variables(self.subject) | self.courses.variables
        return Sight(variables, f"{rules.key} {section.form_key}")

    def _look_back(self, section: Section, sight: Sight) -> None:
        earlier = self._previous.get(section.form_key)
        if earlier is None:
            return
        facts, place = earlier
        sight.variables |= {f"previous_{name}": value for name, value in facts.items()}
        sight.variables["since_previous"] = self._completed[place:]

    def _count(self, section: Section, episode: Episode, sight: Sight, day: date) -> None:
        starts = sight.holds(episode.starts, "episode starts", absent=False)
        counts = sight.holds(episode.counts, "episode counts", absent=False)
        series = self._series.get(section.form_key)
        if series is not None and (day - series.first).days > episode.within_days:
            series = None
        if series is None and starts:
            series = self._series[section.form_key] = _Series(day)
        if series is None:
            return
        series.days |= {day} if counts else set()
        series.raised |= {day} if starts else set()
        sight.variables |= {
            "episode_days": float(len(series.days)),
            "episode_raised": float(len(series.raised)),
            "episode_first": series.first.isoformat(),
        }

    def known_endings(self) -> list[tuple[date, bool]]:
        """When the subject ended or was seen again; what the register says has the last word."""
        last = self.subject.ended_on
        if last is None:
            return self.endings
        return [ending for ending in self.endings if ending[0] <= last] + [(last, True)]

    def expire(self, day: date) -> None:
        """The open task has failed when it expired before that day."""
        task = None if self._open is None else self.tasks[self._open]
        if task is not None and task.expires is not None and task.expires < day:
            self._settle(FAILED, task.expires, MISSED)

    def _complete(self, section: Section, sight: Sight, record: Record) -> None:
        task = None if self._open is None else self.tasks[self._open]
        if task is None or record.visit_date < task.opens:
            return
        if section.closes is not None and task.kind not in section.closes:
            return
        if task.face_to_face and not sight.holds(section.face_to_face, "face_to_face", absent=True):
            return
        self._settle(COMPLETED, record.visit_date, None, record.submission_id)

    def _compete(self, rules: CompiledService, record: Record, candidate: Candidate) -> None:
        """One open task a service: what matters more stays, then what closes first."""
        if candidate.window is None:
            return
        window = candidate.window
        if self._open is not None:
            standing = self.tasks[self._open]
            beaten = urgency(candidate.escalation, candidate.referral)
            holding = urgency(standing.escalation, standing.referral)
            if holding > beaten or (holding == beaten and standing.closes <= window.closes):
                return
            self._settle(CANCELLED, record.visit_date, SUPERSEDED)
        self._open = len(self.tasks)
        self.tasks.append(
            Task(
                id=task_id(self.subject.id, self.service.key, record.submission_id),
                county_code=self.subject.county_code,
                village_code=self.subject.village_code,
                subject_kind=self.subject.kind,
                subject_id=self.subject.id,
                household_id=self.subject.household_id,
                service=self.service.key,
                kind=window.kind,
                anchor=record.submission_id,
                opens=window.opens,
                due=window.due,
                closes=window.closes,
                expires=window.expires,
                face_to_face=window.face_to_face,
                referral=candidate.referral,
                escalation=candidate.escalation,
                reasons=candidate.reasons,
                rule_version=rules.version,
                source_submission_id=record.submission_id,
            )
        )

    def _settle(self, state: str, on: date, reason: str | None, done_by: str | None = None) -> None:
        if self._open is None:
            return
        self.tasks[self._open] = replace(
            self.tasks[self._open],
            state=state,
            state_reason=reason,
            state_on=on,
            done_by_submission_id=done_by,
        )
        self._open = None


def _judged(reading: Reading, candidate: Candidate) -> Reading:
    return replace(
        reading,
        class_code=candidate.class_code,
        class_label=candidate.class_label,
        doctor_class=candidate.doctor_class,
        rules=candidate.rules,
        referral=candidate.referral,
        escalation=candidate.escalation,
        reasons=candidate.reasons,
        advice=candidate.advice,
        notes=candidate.notes,
    )
