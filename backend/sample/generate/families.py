"""Putting a household together: its people, what ails them, who visited them and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from backend.geo.rules import township_of
from backend.kernel.clock import SHANGHAI, local_date
from backend.kernel.dates import age_years
from backend.kernel.ids import derived_id, newborn_id
from backend.programmes.model import Enrolment
from backend.residents.model import Resident
from backend.sample.generate import births, blood_pressure, checks, doses, health, home_visits
from backend.sample.generate.households import Plan, plans
from backend.sample.generate.numbers import made_id
from backend.sample.generate.people import Door, move_in
from backend.sample.generate.places import near
from backend.sample.model import County, Family, GivenDose, Visit

REVIEWED_AFTER_DAYS = 10
_URGENT_EVERY, _URGENT_FROM = 300, 7  # households: one emergency of the last days


def families(
    county: County, residents: int, seed: int, now: datetime, edition: Mapping[str, Any]
) -> Iterator[Family]:
    """So many invented residents in their households, one household after the other.

    :param now: the past is told back from this instant
    :param edition: the vaccine edition, a document of ``schemas/immunization``
    """
    households = plans(residents, seed)
    villages = county.inhabited
    names = {area.code: area.name for area in county.areas}
    owed = 0
    for index, plan in enumerate(households):
        village = villages[index % len(villages)]
        worker = next(
            worker.id
            for worker in county.workers
            if worker.role == "worker" and village.code in worker.areas
        )
        door = Door(
            village=village,
            township=names[township_of(village.code)],
            county=county.areas[0],
            number=index // len(villages) + 1,
            of=len(households) // len(villages),
            worker_id=worker,
        )
        rng = Random(f"{seed}/household/{index}")
        owed += index % _URGENT_EVERY == _URGENT_FROM
        family = _Home(plan, door, now, rng).family(edition, urgent=owed > 0)
        owed -= any(visit.answers.get("emergency") for visit in family.visits)
        yield family


class _Home:
    """One household being told: the rng and the day are shared by everything about it."""

    def __init__(self, plan: Plan, door: Door, now: datetime, rng: Random) -> None:
        self._plan = plan
        self._door = door
        self._now = now
        self._today = local_date(now)
        self._rng = rng
        self._sittings: dict[date, str] = {}
        registered = now - timedelta(days=rng.randint(500, 2500))
        self._household, self._people = move_in(plan, door, registered, self._today, rng)

    def family(self, edition: Mapping[str, Any], *, urgent: bool) -> Family:
        enrolments: list[Enrolment] = []
        visits: list[Visit] = []
        given: list[GivenDose] = []
        for seat, person in enumerate(self._people):
            if self._age(person) >= 35:
                urgent = self._chronic(seat, urgent, enrolments, visits)
        for seat, person in enumerate(self._people):
            if person.mother_id and (self._today - person.birth_date).days < 60:
                self._born(seat, enrolments, visits)
        for person in self._people:
            given += self._vaccinated(person, edition)
        met = [v.visit_date for v in visits if v.answers.get("visit_mode") == blood_pressure.HOME]
        pregnant = any(member.pregnant for member in self._plan)
        for answers in home_visits.visits(self._people, met, pregnant, self._today, self._rng):
            visits.append(self._visit("household_visit", "household", self._household.id, answers))
        for person in self._people:
            visits += self._checked(person, enrolments)
        visits.sort(key=lambda visit: (visit.finalised_at, visit.id))
        return Family(
            self._household, tuple(self._people), tuple(enrolments), tuple(visits), tuple(given)
        )

    def _age(self, person: Resident) -> int:
        return age_years(person.birth_date, self._today)

    def _chronic(
        self, seat: int, urgent: bool, enrolments: list[Enrolment], visits: list[Visit]
    ) -> bool:
        """Diseases of a grown-up and the follow-ups they brought; returns whether still urgent."""
        person = self._people[seat]
        found = health.conditions(self._age(person), self._today, self._rng)
        details = {**person.details, "past_diseases": [c.code for c in found] or ["1"]}
        self._people[seat] = replace(person, details=details)
        for condition in found:
            if condition.code == health.DIABETES:
                enrolments.append(self._member(person, "diabetes", None, condition.since))
            if condition.code != health.HYPERTENSION:
                continue
            enrolments.append(
                self._member(person, "hypertension", condition.grade, condition.since)
            )
            for follow_up in blood_pressure.follow_ups(
                person, condition.since, self._today, self._rng, urgent=urgent
            ):
                if follow_up.on >= self._today:
                    continue
                visit = self._visit("htn_followup", "resident", person.id, follow_up.answers)
                visits.append(replace(visit, confirmed=follow_up.confirmed))
            urgent = False
        return urgent

    def _checked(self, person: Resident, enrolments: list[Enrolment]) -> Iterator[Visit]:
        """Follow-ups of diabetes and yearly checks; a die of their own leaves the rest as it is."""
        rng = Random(f"{person.id}/checks")
        for member in enrolments:
            if (member.resident_id, member.programme) == (person.id, "diabetes"):
                for answers in checks.diabetes(person, member.since, self._today, rng):
                    yield self._visit("dm_followup", "resident", person.id, answers)
        for answers in checks.elderly(person, self._today, rng):
            yield self._visit("elderly_check", "resident", person.id, answers)

    def _born(self, seat: int, enrolments: list[Enrolment], visits: list[Visit]) -> None:
        """A birth of the last weeks; the child gets the id that the phone would derive."""
        child = self._people[seat]
        mother = next(person for person in self._people if person.id == child.mother_id)
        born = births.birth(child.birth_date, self._today, self._rng)
        age = age_years(mother.birth_date, born.born_on)
        told = births.notice(born, age, child, self._rng)
        notice = self._visit("delivery_notice", "resident", mother.id, told)
        child = replace(
            child,
            id=newborn_id(notice.id, 0),
            origin_submission_id=notice.id,
            source_submission_id=notice.id,
        )
        self._people[seat] = child
        visits.append(notice)
        enrolments.append(self._member(mother, "postpartum", None, born.born_on))
        enrolments.append(self._member(child, "newborn", None, born.born_on))
        days = [births.first_visit_on(born, self._today, self._rng)]
        days.append(births.full_month_on(born, self._today, self._rng))
        for number, day in enumerate(days):
            if day is None:
                continue
            if number == 0:
                answers = births.postpartum_visit(born, day, self._rng)
                visits.append(self._visit("postpartum_visit", "resident", mother.id, answers))
            answers = births.newborn_visit(
                born, child, mother, self._household.address, day, self._rng
            )
            visits.append(self._visit("newborn_visit", "resident", child.id, answers))

    def _member(
        self, person: Resident, programme: str, grade: str | None, since: date
    ) -> Enrolment:
        return Enrolment(
            id=derived_id(person.id, "enrolment", programme),
            resident_id=person.id,
            village_code=person.village_code,
            programme=programme,
            grade=grade,
            since=since,
        )

    def _vaccinated(self, person: Resident, edition: Mapping[str, Any]) -> list[GivenDose]:
        rng = Random(f"{person.id}/doses")
        told = doses.given(person.birth_date, person.sex, edition, self._today, rng)
        return [
            GivenDose(
                id=derived_id(person.id, "dose", vaccine, day.isoformat()),
                resident_id=person.id,
                village_code=person.village_code,
                vaccine=vaccine,
                dose_no=number,
                given_on=day,
            )
            for vaccine, number, day in told
        ]

    def _visit(
        self, form_key: str, kind: str, subject_id: str, answers: Mapping[str, Any]
    ) -> Visit:
        on = date.fromisoformat(str(answers["visit_date"]))
        minutes = round(self._rng.triangular(8 * 60, 18 * 60, 10 * 60))
        finalised = datetime.combine(on, time(), SHANGHAI) + timedelta(
            minutes=minutes, seconds=self._rng.randrange(60)
        )
        finalised = min(finalised, self._now - timedelta(minutes=5))
        offline = self._rng.choice((0, 1, 3, 8, 20, 30)) * 60 + self._rng.randrange(60)
        received = min(finalised + timedelta(minutes=offline), self._now - timedelta(minutes=1))
        return Visit(
            id=made_id(finalised, self._rng),
            form_key=form_key,
            subject_kind=kind,
            subject_id=subject_id,
            household_id=self._household.id,
            village_code=self._household.village_code,
            worker_id=self._door.worker_id,
            visit_date=on,
            started_at=finalised - timedelta(seconds=self._rng.randint(150, 700)),
            finalised_at=finalised,
            received_at=received,
            answers=answers,
            confirmed=(),
            fix=self._fix(str(answers.get("visit_mode", blood_pressure.HOME))),
            sitting_id=self._sittings.setdefault(on, made_id(finalised, self._rng)),
            reviewed=(self._today - on).days > REVIEWED_AFTER_DAYS,
        )

    def _fix(self, mode: str) -> tuple[float, float, float] | None:
        """At the door for a home visit, at the village's clinic otherwise."""
        if self._rng.random() < 0.05:
            return None
        at = self._household.place if mode == blood_pressure.HOME else self._door.village.centre
        if at is None:
            return None
        accuracy = round(self._rng.triangular(4, 45, 9), 1)
        return (*near(at, abs(self._rng.gauss(0, accuracy / 2)), self._rng), accuracy)
