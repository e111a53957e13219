"""What a family's history makes due, told by the real rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from backend.followups.model import Reading, Record, SubjectFacts, Task
from backend.followups.rules import Programmes, Service, dose_tasks, fold, no_policies
from backend.geo.rules import county_of
from backend.immunization.model import Edition, Told
from backend.immunization.rules import facts_of, forecast
from backend.kernel.dates import age_years
from backend.residents.model import Resident
from backend.sample.model import Family, Visit

CHILD_YEARS = 18


@dataclass(frozen=True)
class Scheduled:
    """Tasks of a family, and the reading of each visit by the service of its form."""

    tasks: tuple[Task, ...]
    readings: Mapping[str, Reading]


def scheduled(
    family: Family,
    programmes: Programmes,
    edition: Edition,
    today: date,
) -> Scheduled:
    """Fold the history of everybody in the household; a new database has no policies of areas."""
    records = [_record(visit) for visit in family.visits]
    tasks: list[Task] = []
    readings: dict[str, Reading] = {}
    for service in programmes.services.values():
        for subject, own in _subjects(service, family, records):
            folded = fold(service, subject, own, no_policies, today)
            tasks += folded.tasks
            readings |= {r.submission_id: r for r in folded.readings if r.class_code or r.rules}
    for child in family.residents:
        if age_years(child.birth_date, today) < CHILD_YEARS:
            tasks += _doses(child, family, edition, today)
    return Scheduled(tuple(tasks), readings)


def _doses(child: Resident, family: Family, edition: Edition, today: date) -> tuple[Task, ...]:
    given = [(d.vaccine, d.given_on) for d in family.doses if d.resident_id == child.id]
    records = [Told(v.form_key, v.id, v.subject_id, v.visit_date, v.answers) for v in family.visits]
    facts = facts_of(edition, records, child.id)
    told = forecast(edition, child.birth_date, child.sex, given, today, facts=facts)
    version = f"{edition.key}/{edition.version}"
    return dose_tasks(told, _resident(child, family), today, rule_version=version)


def _record(visit: Visit) -> Record:
    return Record(
        submission_id=visit.id,
        subject_id=visit.subject_id,
        form_key=visit.form_key,
        visit_date=visit.visit_date,
        finalised_at=visit.finalised_at,
        answers=visit.answers,
    )


def _subjects(
    service: Service, family: Family, records: list[Record]
) -> Iterator[tuple[SubjectFacts, list[Record]]]:
    """Whom a service concerns in a family, each with the records that matter to it."""
    if service.newest.subject_kind == "household":
        yield _household(family), records
        return
    if service.newest.subject_kind != "resident":
        return  # what a village or a site is due is no family's
    for person in family.residents:
        own = [
            record
            for record in records
            if service.reads(record.form_key)
            and person.id
            in service.subjects(
                record.form_key, record.submission_id, record.subject_id, record.answers
            )
        ]
        if own or service.newest.periodic is not None:
            yield _resident(person, family), own


def _household(family: Family) -> SubjectFacts:
    home = family.household
    return SubjectFacts(
        "household", home.id, county_of(home.village_code), home.village_code, home.id
    )


def _resident(person: Resident, family: Family) -> SubjectFacts:
    return SubjectFacts(
        kind="resident",
        id=person.id,
        county_code=county_of(person.village_code),
        village_code=person.village_code,
        household_id=person.household_id,
        birth_date=person.birth_date,
        sex=person.sex,
        programmes=tuple(e.programme for e in family.enrolments if e.resident_id == person.id),
    )
