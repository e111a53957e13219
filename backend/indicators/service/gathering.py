"""Everything that figures ask about residents, households and sites, read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.followups import store as tasks
from backend.followups.model import CANCELLED, COMPLETED
from backend.immunization import service as immunization
from backend.immunization.model import DONE, NO_FACTS, Dose
from backend.immunization.rules import forecast
from backend.indicators.model import HOUSEHOLD, RESIDENT, SITE, Due, Record, Subject
from backend.indicators.rules.windows import LIFE
from backend.kernel.clock import local_date
from backend.kernel.dates import age_years
from backend.programmes import service as programmes
from backend.residents.model import DIED, MOVED_OUT
from backend.residents.store import registers
from backend.residents.store.registers import HomeLine, PersonLine
from backend.sites.model import CLOSED
from backend.sites.store import lines as site_lines
from backend.submissions.store import counted
from backend.submissions.store.counted import CountedLine

_GONE = (MOVED_OUT, DIED, "9")
_CHILD_YEARS = 7
_YEARS_BACK = 4  # children under three are counted from their birth on


@dataclass(frozen=True)
class Wanted:
    """Whose figures are to be counted, by id."""

    residents: frozenset[str] = frozenset()
    households: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()

    def __or__(self, other: Wanted) -> Wanted:
        return Wanted(
            self.residents | other.residents,
            self.households | other.households,
            self.sites | other.sites,
        )

    @property
    def ids(self) -> frozenset[str]:
        return self.residents | self.households | self.sites


def of_village(session: Session, village_code: str) -> Wanted:
    """Everybody and everything that is registered in a village."""
    return Wanted(
        frozenset(registers.residents_in(session, village_code)),
        frozenset(registers.households_in(session, village_code)),
        frozenset(site_lines(session, village_code=village_code)),
    )


def touched(session: Session, changes: Iterable[tuple[str, str]]) -> Wanted:
    """Whose figures may have changed, from (kind, object id) of changes in the feed.

    A resident brings the household and the children, whose birth figures look at the mother, a
    household its members, whose doctor may be another, and a merged resident the survivor.
    """
    by_kind: dict[str, set[str]] = defaultdict(set)
    for kind, object_id in changes:
        by_kind[kind].add(object_id)
    about = counted.subjects_of(session, by_kind["submission"])
    about += tasks.subjects_of(session, by_kind["task"])
    residents, households = set(by_kind["resident"]), set(by_kind["household"])
    sites = set(by_kind["site"])
    for kind, subject_id, household_id in about:
        if kind == RESIDENT:
            residents.add(subject_id)
        elif kind == HOUSEHOLD:
            households.add(subject_id)
        elif kind == SITE:
            sites.add(subject_id)
        if household_id is not None:
            households.add(household_id)
    residents |= registers.survivors(session, residents)
    residents |= registers.children_of(session, residents)
    residents |= registers.members_of(session, by_kind["household"])
    return Wanted(frozenset(residents), frozenset(households), frozenset(sites))


def subjects(session: Session, wanted: Wanted, today: date) -> list[Subject]:
    """The subjects with everything that may be asked; merged and unknown ones are left out."""
    since = date(today.year - _YEARS_BACK, 1, 1)
    return [
        *_residents(session, wanted.residents, since, today),
        *_households(session, wanted.households, since),
        *_sites(session, wanted.sites, since),
    ]


def _residents(session: Session, ids: frozenset[str], since: date, today: date) -> list[Subject]:
    people = {
        person.id: person for person in registers.people(session, ids) if person.merged_into is None
    }
    merged = registers.merged_into(session, people)
    also = {loser: survivor for loser, survivor in merged}
    mothers = {p.mother_id for p in people.values() if p.mother_id is not None}
    own = _by_subject(session, {*people, *also, *mothers}, since)
    for loser, survivor in also.items():
        own[survivor] = sorted(own[survivor] + own[loser], key=lambda each: each.on)
    homes = {
        home.id: home
        for home in registers.homes(
            session, {p.household_id for p in people.values() if p.household_id is not None}
        )
    }
    enrolled = programmes.enrolments(session, [*people, *also])
    ranks = registers.birth_ranks(session, people.values())
    doses = _doses(session, list(people.values()), also, today)
    due = _due(session, {*people, *also}, since)
    return [
        Subject(
            kind=RESIDENT,
            id=person.id,
            village_code=person.village_code,
            worker_id=_doctor(homes.get(person.household_id or "")),
            known_on=_known(person.created_at, own[person.id]),
            status=person.status,
            ended_on=(person.status_on or LIFE) if person.status in _GONE else None,
            birth_date=person.birth_date,
            sex=person.sex,
            birth_rank=ranks.get(person.id, 1),
            enrolled=tuple(
                (each.programme, each.since, each.until)
                for who in _all_of(person.id, also)
                for each in enrolled[who]
            ),
            records=tuple(own[person.id]),
            mother_records=tuple(own[person.mother_id]) if person.mother_id else (),
            doses=doses.get(person.id, {}),
            tasks=tuple(one for who in _all_of(person.id, also) for one in due[who]),
        )
        for person in people.values()
    ]


def _all_of(survivor: str, also: Mapping[str, str]) -> list[str]:
    """A resident's own id, and those that were merged into it."""
    if not also:
        return [survivor]
    return [survivor, *(loser for loser, into in also.items() if into == survivor)]


def _doctor(home: HomeLine | None) -> str | None:
    return None if home is None else home.responsible_worker_id


def _known(created_at: datetime, records: list[Record]) -> date:
    registered = local_date(created_at)
    return min(registered, records[0].on) if records else registered


def _households(session: Session, ids: frozenset[str], since: date) -> list[Subject]:
    homes = registers.homes(session, ids)
    records: dict[str, list[Record]] = defaultdict(list)
    for line in counted.of_households(session, [home.id for home in homes], since):
        records[line.household_id or line.subject_id].append(_record(line))
    due = _due(session, {home.id for home in homes}, since)
    return [
        Subject(
            kind=HOUSEHOLD,
            id=home.id,
            village_code=home.village_code,
            worker_id=home.responsible_worker_id,
            known_on=_known(home.created_at, records[home.id]),
            status=home.status,
            records=tuple(records[home.id]),
            tasks=tuple(due[home.id]),
        )
        for home in homes
    ]


def _sites(session: Session, ids: frozenset[str], since: date) -> list[Subject]:
    records = _by_subject(session, ids, since)
    due = _due(session, set(ids), since)
    return [
        Subject(
            kind=SITE,
            id=site_id,
            village_code=line.village_code,
            worker_id=None,
            known_on=min([line.registered_on, *(one.on for one in records[site_id][:1])]),
            status=line.status,
            ended_on=LIFE if line.status == CLOSED else None,
            records=tuple(records[site_id]),
            tasks=tuple(due[site_id]),
        )
        for site_id, line in site_lines(session, ids=ids).items()
    ]


def _record(line: CountedLine) -> Record:
    return Record(
        form_key=line.form_key,
        on=line.visit_date,
        mode=line.visit_mode,
        outcome=line.visit_outcome,
        approved=line.state == "approved",
        answers=line.answers,
    )


def _by_subject(
    session: Session, ids: Iterable[str], since: date
) -> defaultdict[str, list[Record]]:
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for line in counted.of_subjects(session, ids, since):
        found[line.subject_id].append(_record(line))
    return found


def _due(session: Session, ids: set[str], since: date) -> defaultdict[str, list[Due]]:
    """Tasks by subject that were not cancelled."""
    found: defaultdict[str, list[Due]] = defaultdict(list)
    for line in tasks.closing(session, ids, since):
        if line.state != CANCELLED:
            done = line.state_on if line.state == COMPLETED else None
            found[line.subject_id].append(Due(line.id, line.closes, done))
    return found


def _doses(
    session: Session, people: list[PersonLine], also: Mapping[str, str], today: date
) -> dict[str, dict[str, date]]:
    """Child -> dose of the edition -> day on which it was validly given."""
    children = [p for p in people if age_years(p.birth_date, today) < _CHILD_YEARS]
    edition = immunization.edition_on(session, today) if children else None
    if edition is None:
        return {}
    given = immunization.doses_of(session, [who for p in children for who in _all_of(p.id, also)])
    told: dict[str, dict[str, date]] = {}
    settings = {
        village: immunization.settings_of(session, village, today)
        for village in {p.village_code for p in children}
    }
    for child in children:
        own: list[Dose] = [dose for who in _all_of(child.id, also) for dose in given[who]]
        if not own:
            continue
        plan = forecast(
            edition,
            child.birth_date,
            child.sex,
            [(dose.vaccine, dose.given_on) for dose in own],
            today,
            settings=settings[child.village_code],
            facts=NO_FACTS,
        )
        told[child.id] = {
            one.dose_id: one.given_on
            for one in plan
            if one.status == DONE and one.given_on is not None
        }
    return told
