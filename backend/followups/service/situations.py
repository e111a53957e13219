"""Reading what scheduling needs to know about a resident, their children and their household."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backend.followups import store
from backend.followups.model import SubjectFacts
from backend.followups.rules.compiled import Programmes
from backend.followups.rules.scheduling import VACCINATED_UNTIL, Situation
from backend.followups.rules.subjects import (
    area_facts,
    household_facts,
    looked_at_since,
    record_of,
    resident_facts,
    site_facts,
)
from backend.followups.service import programmes
from backend.geo.model import Area
from backend.immunization import service as immunization
from backend.immunization.model import Dose
from backend.kernel.dates import age_years
from backend.programmes import service as policies
from backend.programmes.model import Enrolment
from backend.residents.model import Household, Resident
from backend.sites.model import Site
from backend.submissions.model import Asked, Submission
from backend.submissions.store import submissions


@dataclass(frozen=True)
class Concerned:
    """Whom a submission may concern.

    :param resident: the subject; nothing for a household, an area, or a resident not here yet
    :param children: newborns that the submission's notice has brought into the register
    :param household: the subject, or the household of the resident
    :param village_code: whose policies count
    :param enrolments: of the resident
    :param form_key: form of the submission
    :param visit: its visit date
    :param area: the subject
    :param site: the subject, or the one it was merged into
    """

    resident: Resident | None
    children: Sequence[Resident]
    household: Household | None
    village_code: str
    enrolments: Sequence[Enrolment]
    form_key: str
    visit: date
    area: Area | None = None
    site: Site | None = None

    @property
    def people(self) -> list[Resident]:
        """The resident and the children."""
        return [p for p in (self.resident, *self.children) if p is not None]


def situation_of(session: Session, concerned: Concerned, today: date) -> Situation:
    """What scheduling reads."""
    return situations_of(session, [concerned], today)[0][0]


def situations_of(
    session: Session, group: Sequence[Concerned], today: date
) -> list[tuple[Situation, Asked, tuple[Submission, ...]]]:
    """The situation of each, with as few queries as for one; with it whose visits it asked for, and
    the standing submissions behind its records, newest first.
    """
    known = programmes(session)
    decided = policies.policies_in(session, {one.village_code for one in group})
    parameters = {code: {key: mine.of(key) for key in known.keys} for code, mine in decided.items()}
    subjects = [_subjects(known, one, today) for one in group]
    asked = [_asked(one, mine) for one, mine in zip(group, subjects, strict=True)]
    histories = submissions.histories(session, asked)
    stored = store.by_subjects(session, {s.id for mine in subjects for s in mine})
    doses = _doses(session, [p for one in group for p in one.people], today)
    edition = immunization.edition_on(session, today)
    return [
        (
            Situation(
                programmes=known,
                policies=parameters[one.village_code],
                subjects={subject.id: subject for subject in mine},
                records=tuple(record_of(submission) for submission in history),
                stored=tuple(task for subject in mine for task in stored[subject.id]),
                doses=tuple(dose for p in one.people for dose in doses.get(p.id, ())),
                edition=edition,
                vaccine_settings=immunization.settings_in(decided[one.village_code], today),
            ),
            wanted,
            tuple(history),
        )
        for one, mine, wanted, history in zip(group, subjects, asked, histories, strict=True)
    ]


def _subjects(known: Programmes, one: Concerned, today: date) -> list[SubjectFacts]:
    found = [resident_facts(child, (), today) for child in one.children]
    if one.resident is not None:
        found.append(resident_facts(one.resident, one.enrolments, today))
    since = looked_at_since(one.visit, today, known.longest_period("household"))
    found += [household_facts(home, since) for home in _homes(known, one)]
    return found + _places(one)


def _places(one: Concerned) -> list[SubjectFacts]:
    """The area or site that the submission is about."""
    areas = [] if one.area is None else [area_facts(one.area)]
    return areas if one.site is None else [*areas, site_facts(one.site)]


def _asked(one: Concerned, subjects: Iterable[SubjectFacts]) -> Asked:
    return Asked(
        subject_ids=frozenset(s.id for s in subjects if s.kind != "household"),
        households_since={s.id: s.since for s in subjects if s.kind == "household" and s.since},
        also=frozenset(p.origin_submission_id for p in one.people if p.origin_submission_id),
    )


def _doses(session: Session, people: Iterable[Resident], today: date) -> dict[str, list[Dose]]:
    """Doses of those who are of an age for them: nobody else's are asked for."""
    young = [p.id for p in people if age_years(p.birth_date, today) < VACCINATED_UNTIL]
    return immunization.doses_of(session, young) if young else {}


def _homes(known: Programmes, concerned: Concerned) -> list[Household]:
    """The household, when some service of households reads this form at all."""
    reads = any(s.newest.subject_kind == "household" for s in known.read_by(concerned.form_key))
    return [concerned.household] if concerned.household is not None and reads else []
