"""Opening the tasks that come with the calendar, for subjects that nobody has visited since.

A visit opens the tasks of its own day (``rules.scheduling``); this is for all the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.followups import service, store
from backend.followups.model import SubjectFacts, Task
from backend.followups.rules import Parameters, compare, fold
from backend.followups.rules.compiled import Service
from backend.followups.rules.scheduling import looked_at, made_again
from backend.followups.rules.subjects import (
    area_facts,
    looked_at_since,
    programmes_of,
    record_of,
)
from backend.followups.rules.turning import waits
from backend.geo import service as geo
from backend.geo.rules import county_of
from backend.kernel.clock import local_date
from backend.programmes import service as policies
from backend.residents import service as residents
from backend.sites import service as sites
from backend.submissions.model import Asked
from backend.submissions.store import submissions, turns


@dataclass(frozen=True)
class Turned:
    """Somebody the calendar turns for.

    :param origin: the delivery notice that brought a child into the register: part of its history
    """

    subject: SubjectFacts
    origin: str | None = None

    @property
    def id(self) -> str:
        return self.subject.id

    @property
    def village_code(self) -> str:
        return self.subject.village_code


def households(session: Session, after: str | None, limit: int, now: datetime) -> list[Turned]:
    """A page of the registered households, by id."""
    del now
    found = residents.registered_households(session, after, limit)
    return [
        Turned(SubjectFacts("household", key, county_of(village), village, household_id=key))
        for key, village in found
    ]


def people(session: Session, after: str | None, limit: int, now: datetime) -> list[Turned]:
    """A page of the active residents, by id."""
    found = residents.active_residents(session, after, limit)
    enrolments = policies.enrolments(session, [one.id for one in found])
    today = local_date(now)
    return [
        Turned(
            SubjectFacts(
                kind="resident",
                id=one.id,
                county_code=county_of(one.village_code),
                village_code=one.village_code,
                household_id=one.household_id,
                birth_date=one.birth_date,
                sex=one.sex,
                programmes=programmes_of(enrolments[one.id], today),
            ),
            one.origin_submission_id,
        )
        for one in found
    ]


def villages(session: Session, after: str | None, limit: int, now: datetime) -> list[Turned]:
    """A page of the villages, by code."""
    del now
    return [Turned(area_facts(area)) for area in geo.villages(session, after, limit)]


def open_sites(session: Session, after: str | None, limit: int, now: datetime) -> list[Turned]:
    """A page of the sites that are open, by id."""
    del now
    found = sites.open_sites(session, after, limit)
    return [
        Turned(
            SubjectFacts(
                "site",
                one.id,
                county_of(one.village_code),
                one.village_code,
                since=one.registered_on,
            )
        )
        for one in found
    ]


PAGES = (households, people, villages, open_sites)
"""Where the calendar's subjects come from: each a page after the last id of the one before."""


def waiting(session: Session, page: Sequence[Turned], now: datetime) -> list[Turned]:
    """Those of a page whom the calendar may have brought a task that is not stored yet."""
    known = _known(session, page)
    today = local_date(now)
    return [
        one
        for one in page
        if any(
            waits(each, one.subject, known.stored[one.id], known.parameters(each, one), today)
            for each in known.services
        )
    ]


def bring(session: Session, found: Sequence[Turned], now: datetime) -> int:
    """Make the tasks that the calendar has brought them; how many were written.

    Their histories are folded in, so that a task made late knows what was done meanwhile.
    """
    turns.take(session, [one.id for one in found])
    known = _known(session, found)
    today = local_date(now)
    since = looked_at_since(today, today, known.months)
    histories = submissions.histories(session, [_asked(one, since) for one in found])
    put: list[Task] = []
    for one, history in zip(found, histories, strict=True):
        records = [record_of(each) for each in history]
        subject = looked_at(one.subject, today)
        for each in known.services:
            folded = fold(each, subject, records, known.parameters(each, one), today)
            put += compare(made_again(known.stored[one.id], each, subject), folded.tasks, now).put
    store.save(session, put, now)
    return len(put)


@dataclass(frozen=True)
class _Known:
    """Services of one kind of subject that follow the calendar, and what is known of a page."""

    services: Sequence[Service]
    months: int
    stored: Mapping[str, Sequence[Task]]
    decided: Mapping[str, policies.Policies]

    def parameters(self, each: Service, one: Turned) -> Parameters:
        return self.decided[one.village_code].of(each.newest.programme)


def _known(session: Session, page: Sequence[Turned]) -> _Known:
    """:param page: subjects of one kind"""
    known = service.programmes(session)
    kind = page[0].subject.kind if page else ""
    return _Known(
        services=[s for s in known.services.values() if s.is_of(kind) and s.follows_the_calendar],
        months=known.longest_period(kind),
        stored=store.by_subjects(session, [one.id for one in page]),
        decided=policies.policies_in(session, {one.village_code for one in page}),
    )


def _asked(one: Turned, since: date) -> Asked:
    if one.subject.kind == "household":
        return Asked(frozenset({one.id}), {one.id: since})
    return Asked(frozenset({one.id}), also=frozenset({one.origin} if one.origin else ()))
