"""From everything known about some subjects to the tasks that have to be written.

The one place where programmes, histories, forecasts and stored tasks meet; the line calls it with
the record that has just come, review calls it without the one that was just rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from backend.followups.model import IMMUNIZATION, Reading, Record, SubjectFacts, Task
from backend.followups.rules.calendar import period_of
from backend.followups.rules.comparing import compare
from backend.followups.rules.compiled import Programmes, Service
from backend.followups.rules.doses import dose_tasks
from backend.followups.rules.folding import Parameters, fold, no_policies
from backend.immunization.model import Dose, Edition, Told
from backend.immunization.rules import facts_of, forecast
from backend.kernel.clock import local_date
from backend.kernel.dates import age_years

VACCINATED_UNTIL = 18  # years; immunization.md §5


@dataclass(frozen=True)
class Situation:
    """What scheduling reads.

    :param policies: programme -> what the area's policies say on a day
    :param subjects: by id: the resident, the household, the newborns of a delivery notice
    :param records: every standing record of these subjects, and of the household's members as far
        back as ``SubjectFacts.since`` of the household
    :param stored: every stored task of these subjects
    :param doses: every dose of these subjects
    :param edition: vaccine edition in force; nothing where none was published
    :param vaccine_settings: what the area sets for it
    """

    programmes: Programmes
    policies: Mapping[str, Parameters] = field(default_factory=dict)
    subjects: Mapping[str, SubjectFacts] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    stored: tuple[Task, ...] = ()
    doses: tuple[Dose, ...] = ()
    edition: Edition | None = None
    vaccine_settings: Mapping[str, Any] = field(default_factory=dict)

    def after(self, record: Record, doses: Iterable[Dose]) -> Situation:
        """The situation once a record has come, or has come in a newer version."""
        without = self.without(record.submission_id)
        return replace(without, records=(*without.records, record), doses=(*without.doses, *doses))

    def without(self, submission_id: str) -> Situation:
        """The situation once a record no longer stands."""
        return replace(
            self,
            records=tuple(r for r in self.records if r.submission_id != submission_id),
            doses=tuple(d for d in self.doses if d.submission_id != submission_id),
        )

    def knowing(self, subjects: Iterable[SubjectFacts]) -> Situation:
        """The situation with these subjects known, or known anew."""
        return replace(self, subjects={**self.subjects, **{s.id: s for s in subjects}})


@dataclass(frozen=True)
class Schedule:
    """Tasks to write, every task of the subjects as it is then, and what the record came to."""

    put: tuple[Task, ...]
    tasks: tuple[Task, ...]
    readings: tuple[Reading, ...]


def schedule(situation: Situation, record: Record, now: datetime) -> Schedule:
    """Work out every task that a record can change.

    The record itself may stand in the situation or, rejected, be left out of it. Where the subject
    has died or moved out, every service that has a task is worked out anew.

    :param record: the one that came, changed or was withdrawn
    """
    today = local_date(now)
    put: list[Task] = []
    tasks: list[Task] = []
    readings: list[Reading] = []
    for service, known in _concerned(situation, record):
        parameters = situation.policies.get(service.newest.programme, no_policies)
        subject = looked_at(known, min(record.visit_date, today))
        folded = fold(service, subject, situation.records, parameters, today)
        stored = made_again(situation.stored, service, subject)
        put += compare(stored, folded.tasks, now).put
        tasks += folded.tasks
        readings += [r for r in folded.readings if r.submission_id == record.submission_id]
    for subject in situation.subjects.values():
        due = _doses_due(situation, subject, today)
        put += compare(_doses_stored(situation, subject), due, now).put
        tasks += due
    return Schedule(tuple(put), tuple(tasks), tuple(readings))


def looked_at(subject: SubjectFacts, since: date) -> SubjectFacts:
    """The subject, with its periods looked at only from a day on.

    Without this a first visit would put down every period since the subject's first record as
    missed, and the fold would grow with the years.
    """
    first = max(since, subject.since or since)
    return subject if first == subject.since else replace(subject, since=first)


def made_again(stored: Iterable[Task], service: Service, subject: SubjectFacts) -> list[Task]:
    """Stored tasks that a fold makes again: not those of periods before it looks.

    Without this it would withdraw last year's tasks.
    """
    mine = [t for t in stored if (t.subject_id, t.service) == (subject.id, service.key)]
    periodic, since = service.newest.periodic, subject.since
    if periodic is None or since is None:
        return mine
    first = period_of(periodic.every, since).start
    return [task for task in mine if not _is_of_period_before(first, task, periodic.every)]


def _is_of_period_before(first: date, task: Task, every: str) -> bool:
    if task.expires is None or task.expires >= first:
        return False
    return task.anchor == period_of(every, task.expires).anchor


def _doses_stored(situation: Situation, subject: SubjectFacts) -> list[Task]:
    mine = (task for task in situation.stored if task.subject_id == subject.id)
    return [task for task in mine if task.service == IMMUNIZATION]


def _concerned(situation: Situation, record: Record) -> Iterable[tuple[Service, SubjectFacts]]:
    pairs: dict[tuple[str, str], tuple[Service, SubjectFacts]] = {}
    for service in situation.programmes.read_by(record.form_key):
        for subject_id in _subject_ids(situation, service, record):
            subject = situation.subjects.get(subject_id)
            if subject is not None and subject.kind == service.newest.subject_kind:
                pairs[service.key, subject_id] = (service, subject)
    for task in situation.stored:
        subject = situation.subjects.get(task.subject_id)
        standing = situation.programmes.services.get(task.service)
        if standing is not None and subject is not None and subject.ended_on is not None:
            pairs[task.service, task.subject_id] = (standing, subject)
    return pairs.values()


def _subject_ids(situation: Situation, service: Service, record: Record) -> tuple[str, ...]:
    if service.newest.subject_kind == "household":
        return tuple(s.id for s in situation.subjects.values() if s.kind == "household")
    return service.subjects(
        record.form_key, record.submission_id, record.subject_id, record.answers
    )


def _doses_due(situation: Situation, child: SubjectFacts, today: date) -> tuple[Task, ...]:
    """Doses of somebody who is of an age for them, or of nobody else."""
    edition, birth = situation.edition, child.birth_date
    if edition is None or birth is None or child.sex is None or child.ended_on is not None:
        return ()
    if age_years(birth, today) >= VACCINATED_UNTIL:
        return ()
    given = [(d.vaccine, d.given_on) for d in situation.doses if d.resident_id == child.id]
    told = [
        Told(r.form_key, r.submission_id, r.subject_id, r.visit_date, r.answers)
        for r in situation.records
    ]
    doses = forecast(
        edition,
        birth,
        child.sex,
        given,
        today,
        settings=situation.vaccine_settings,
        facts=facts_of(edition, told, child.id),
    )
    return dose_tasks(
        doses,
        child,
        today,
        _doses_stored(situation, child),
        f"{edition.key}/{edition.version}",
    )


def strongest(readings: Iterable[Reading]) -> tuple[str, str]:
    """The strongest referral and escalation among readings: ('urgent', 'E3')."""
    found = list(readings)
    referral = max((r.referral for r in found), key=_REFERRALS.index, default="none")
    return referral, max((r.escalation for r in found), default="E0")


_REFERRALS = ("none", "routine", "urgent")
