"""Residents and households as the follow-up rules see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from backend.followups.model import Record, SubjectFacts
from backend.geo.rules import county_of
from backend.kernel.dates import period_start
from backend.programmes.model import Enrolment
from backend.residents.model import ACTIVE, Household, Resident
from backend.submissions.model import Submission


def programmes_of(enrolments: Iterable[Enrolment], day: date) -> tuple[str, ...]:
    """Programmes somebody is a member of on a day."""
    return tuple(sorted({e.programme for e in enrolments if e.lasts_on(day)}))


def resident_facts(
    resident: Resident, enrolments: Iterable[Enrolment], today: date
) -> SubjectFacts:
    """A resident as the follow-up rules see them."""
    return SubjectFacts(
        kind="resident",
        id=resident.id,
        county_code=county_of(resident.village_code),
        village_code=resident.village_code,
        household_id=resident.household_id,
        birth_date=resident.birth_date,
        sex=resident.sex,
        programmes=programmes_of(enrolments, today),
        ended_on=None if resident.status == ACTIVE else resident.status_on,
    )


def household_facts(household: Household, since: date) -> SubjectFacts:
    """A household as the follow-up rules see it.

    :param since: first day on which its periodic services are looked at
    """
    return SubjectFacts(
        kind="household",
        id=household.id,
        county_code=county_of(household.village_code),
        village_code=household.village_code,
        household_id=household.id,
        since=since,
        ended_on=None if household.status == ACTIVE else since,
    )


def record_of(submission: Submission) -> Record:
    """A standing submission as the fold reads it. Private answers decide nothing."""
    return Record(
        submission_id=submission.id,
        subject_id=submission.subject.id,
        form_key=submission.form_key,
        visit_date=submission.visit_date,
        finalised_at=submission.finalised_at,
        answers=submission.answers,
    )


def looked_at_since(visit: date, today: date, months: int) -> date:
    """First day of the period from which a household's visits are looked at again.

    :param months: of the longest period in which a service of households is owed
    """
    return period_start(min(visit, today), months)
