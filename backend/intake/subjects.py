"""Whom a submission is about, as the forms and the follow-up rules see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from backend.followups.model import SubjectFacts
from backend.forms.model import Context
from backend.geo.rules import county_of
from backend.intake.model import Facts
from backend.kernel.clock import local_date
from backend.programmes.model import Enrolment
from backend.residents.model import ACTIVE, Household, Resident
from backend.submissions.model import Content


def context_of(content: Content, facts: Facts) -> Context:
    """What a form's expressions may read beside its fields (docs/decisions/0002)."""
    today = local_date(content.finalised_at)
    resident = facts.resident
    if content.subject.kind != "resident" or resident is None:
        return Context(today)
    return Context(
        today,
        resident.birth_date,
        resident.sex,
        programmes_of(facts.enrolments, today),
    )


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
