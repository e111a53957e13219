"""Reading what scheduling needs to know about a resident, their children and their household."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backend.followups import store
from backend.followups.model import SubjectFacts, Task
from backend.followups.rules.compiled import Programmes
from backend.followups.rules.scheduling import VACCINATED_UNTIL, Situation
from backend.followups.rules.subjects import (
    household_facts,
    looked_at_since,
    record_of,
    resident_facts,
)
from backend.followups.service import programmes
from backend.immunization import service as immunization
from backend.immunization.model import Dose
from backend.kernel.dates import age_years
from backend.programmes import service as policies
from backend.programmes.model import Enrolment
from backend.residents.model import Household, Resident
from backend.submissions.model import Submission
from backend.submissions.store import submissions


@dataclass(frozen=True)
class Concerned:
    """Whom a submission may concern.

    :param resident: the subject; nothing for a household, an area, or a resident not here yet
    :param children: newborns that the submission's notice has brought into the register
    :param household: the subject, or the household of the resident
    :param village_code: whose policies count
    """

    resident: Resident | None
    children: Sequence[Resident]
    household: Household | None
    village_code: str


def situation_of(
    session: Session,
    concerned: Concerned,
    enrolments: Iterable[Enrolment],
    form_key: str,
    visit: date,
    today: date,
) -> tuple[Situation, tuple[Submission, ...]]:
    """What scheduling reads, and the standing submissions behind its records, newest first."""
    known = programmes(session)
    decided = policies.policies(session, concerned.village_code)
    people = [p for p in (concerned.resident, *concerned.children) if p is not None]
    since = looked_at_since(visit, today)
    homes = _homes(known, concerned, form_key)
    origins = [p.origin_submission_id for p in people if p.origin_submission_id]
    history = submissions.history(
        session, [p.id for p in people], {home.id: since for home in homes}, origins
    )
    subjects = [resident_facts(p, (), today) for p in concerned.children]
    if concerned.resident is not None:
        subjects.append(resident_facts(concerned.resident, enrolments, today))
    subjects += [household_facts(home, since) for home in homes]
    stored = store.by_subjects(session, [s.id for s in subjects])
    situation = Situation(
        programmes=known,
        policies={key: decided.of(key) for key in _programmes_read(known, form_key)},
        subjects={subject.id: subject for subject in subjects},
        records=tuple(record_of(one) for one in history),
        stored=tuple(_looked_at(stored, subjects, since)),
        doses=_doses(session, people, today),
        edition=immunization.edition_on(session, today),
        vaccine_settings=immunization.settings_in(decided, today),
    )
    return situation, tuple(history)


def _doses(session: Session, people: Iterable[Resident], today: date) -> tuple[Dose, ...]:
    """Doses of those who are of an age for them: nobody else's are asked for."""
    young = [p.id for p in people if age_years(p.birth_date, today) < VACCINATED_UNTIL]
    if not young:
        return ()
    return tuple(dose for doses in immunization.doses_of(session, young).values() for dose in doses)


def _homes(known: Programmes, concerned: Concerned, form_key: str) -> list[Household]:
    """The household, when some service of households reads this form at all."""
    reads = any(s.newest.subject_kind == "household" for s in known.read_by(form_key))
    return [concerned.household] if concerned.household is not None and reads else []


def _programmes_read(known: Programmes, form_key: str) -> set[str]:
    return {service.newest.programme for service in known.read_by(form_key)}


def _looked_at(
    stored: dict[str, list[Task]], subjects: Iterable[SubjectFacts], since: date
) -> Iterable[Task]:
    """Stored tasks that the fold will make again: of a household only those of the quarters read.

    Without this the fold, which does not reach back for ever, would withdraw last year's tasks.
    """
    for subject in subjects:
        for task in stored[subject.id]:
            if subject.kind != "household" or task.opens >= since:
                yield task
