"""Loading the sample county into an empty database, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.service import administration
from backend.feed import service as feed
from backend.followups import service as followups
from backend.followups.model import Reading, Task
from backend.forms import service as forms
from backend.forms.rules import CompiledForm
from backend.geo import service as geo, store as geo_store
from backend.house import House
from backend.immunization import service as immunization, store as dose_store
from backend.immunization.model import Dose
from backend.kernel.clock import local_date
from backend.kernel.ids import derived_id
from backend.programmes import service as programmes
from backend.residents import service as residents_service
from backend.sample.county import build, read_document
from backend.sample.doors import one_time_random
from backend.sample.generate.families import families
from backend.sample.model import County, Family, GivenDose, Visit
from backend.sample.schedule import scheduled
from backend.sample.submissions import FORM_VERSION, Kept, kept
from backend.submissions.store import submissions as submission_store

HOUSEHOLDS_AT_ONCE = 200
NOT_PUBLISHED = "还没有发布表单和规则 / forms and rules are not published: flask setup"
VALID_FROM = date(2023, 6, 30)
"""The day of the statistical codes (edition 2023)."""


class CannotLoad(Exception):
    """The sample cannot go into this database; the text says why."""


@dataclass
class Loaded:
    """What was loaded, for the one who asked."""

    counts: Counter[str] = field(default_factory=Counter)


def is_empty(session: Session) -> bool:
    """True when no county was ever put into this database."""
    return not geo.inside(session, [read_document()["code"]])


def load(house: House, residents: int, seed: int, say: Callable[[str], None]) -> Loaded:
    """Put areas, accounts, people and their past into the database, in one transaction.

    :param say: told how far it has come
    :raises CannotLoad: the database is not empty, or nothing was published in it
    """
    now = house.clock()
    county = build(residents, seed)
    loaded = Loaded()
    with house.write() as session:
        if not is_empty(session):
            raise CannotLoad("数据库里已有数据，样例只能装进空库 / this database is not empty")
        _areas(session, county)
        _workers(session, house, county, now)
        writer = _Writer(house, session, county, now, loaded)
        told = families(county, residents, seed, now, _edition_document(session))
        for chunk in _chunks(told, HOUSEHOLDS_AT_ONCE):
            writer.write(chunk)
            say(f"{loaded.counts['residents']} / {residents}")
    return loaded


def _edition_document(session: Session) -> Mapping[str, Any]:
    """The newest vaccine edition as it was published."""
    refs = forms.rule_refs(session, "immunization")
    found = (
        forms.rule_version(session, "immunization", refs[-1].key, refs[-1].version)
        if refs
        else None
    )
    if found is None:
        raise CannotLoad(NOT_PUBLISHED)
    return found.body


def _areas(session: Session, county: County) -> None:
    for area in county.areas:
        geo_store.save(session, area, VALID_FROM)
    session.flush()
    feed.changed(session, [("area", area.code, area.code) for area in county.areas])


def _workers(session: Session, house: House, county: County, now: datetime) -> None:
    for worker in county.workers:
        administration.create(
            session,
            worker.login,
            worker.name,
            worker.role,
            worker.areas,
            random=one_time_random(house, worker.login),
            now=now,
            account_id=worker.id,
        )


def _chunks(items: Iterable[Family], size: int) -> Iterator[list[Family]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


class _Writer:
    """Writes families into the open transaction; remembers only counters."""

    def __init__(
        self, house: House, session: Session, county: County, now: datetime, loaded: Loaded
    ) -> None:
        self._house = house
        self._session = session
        self._now = now
        self._loaded = loaded
        self._villages = geo.VillageIndex(a for a in county.areas if a.level == "village")
        self._programmes = followups.programmes(session)
        edition = immunization.edition_on(session, local_date(now))
        if edition is None:
            raise CannotLoad(NOT_PUBLISHED)
        self._edition = edition
        self._forms: dict[str, CompiledForm] = {}
        self._seqs: Counter[str] = Counter()

    def write(self, chunk: Sequence[Family]) -> None:
        session, vault, now = self._session, self._house.vault, self._now
        people = [person for family in chunk for person in family.residents]
        homes = [family.household for family in chunk]
        residents_service.save(session, vault, homes, people, now)
        programmes.enrol(session, [e for family in chunk for e in family.enrolments], now)
        doses = [dose for family in chunk for dose in family.doses]
        dose_store.add(session, [(dose.village_code, _dose(dose)) for dose in doses])
        submissions: list[Kept] = []
        tasks: list[Task] = []
        for family in chunk:
            plan = scheduled(family, self._programmes, self._edition, local_date(now))
            tasks += plan.tasks
            submissions += [
                self._kept(family, visit, plan.readings.get(visit.id)) for visit in family.visits
            ]
        followups.save(session, tasks, now)
        self._submit(submissions)
        self._loaded.counts.update(
            households=len(homes),
            residents=len(people),
            submissions=len(submissions),
            doses=len(doses),
            tasks=len(tasks),
        )
        session.flush()
        session.expunge_all()

    def _kept(self, family: Family, visit: Visit, reading: Reading | None) -> Kept:
        self._seqs[visit.worker_id] += 1
        found = None if visit.fix is None else self._villages.find(*visit.fix[:2])
        return kept(
            visit,
            self._seqs[visit.worker_id],
            derived_id(visit.worker_id, "sample phone"),
            family.household,
            self._form(visit.form_key),
            reading,
            found,
        )

    def _form(self, key: str) -> CompiledForm:
        if key not in self._forms:
            form = forms.compiled(self._session, key, FORM_VERSION)
            if form is None:
                raise CannotLoad(NOT_PUBLISHED)
            self._forms[key] = form
        return self._forms[key]

    def _submit(self, items: Sequence[Kept]) -> None:
        submission_store.add(self._session, [item.submission for item in items])
        submission_store.add_versions(
            self._session,
            self._house.vault,
            [(item.version, item.submission.county_code) for item in items],
        )


def _dose(dose: GivenDose) -> Dose:
    return Dose(
        id=dose.id,
        resident_id=dose.resident_id,
        vaccine=dose.vaccine,
        given_on=dose.given_on,
        written_dose_no=dose.dose_no,
        source="2",
        submission_id=None,
    )
