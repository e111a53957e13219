"""A household's people: names, numbers and the facts of their personal records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from backend.geo.model import Area
from backend.kernel.dates import age_years
from backend.residents.model import Household, Resident
from backend.sample.generate.households import Member, Plan
from backend.sample.generate.names import HAMLETS, given_name, hamlet_count, surname
from backend.sample.generate.numbers import id_no, made_id, phone
from backend.sample.generate.places import house

_MARRIED_IN = ("12", "38", "52")
"""Wife, daughter-in-law, mother: they keep the surname they were born with."""


@dataclass(frozen=True)
class Door:
    """Where a household stands in its village.

    :param number: from 1 within the village
    :param of: how many households the sample puts into the village
    :param township: name of the township, for the address
    """

    village: Area
    township: str
    county: Area
    number: int
    of: int
    worker_id: str


def move_in(
    plan: Plan, door: Door, registered_at: datetime, today: date, rng: Random
) -> tuple[Household, list[Resident]]:
    """Give the seats of a household names and numbers.

    :param registered_at: when the household was first written down
    :return: the household, and its residents in the order of the plan
    """
    family_name = surname(rng)
    home_id = made_id(registered_at, rng)
    people: list[Resident] = []
    for seat in plan:
        mother = None if seat.mother is None else people[seat.mother].id
        people.append(_person(seat, family_name, mother, home_id, door, registered_at, today, rng))
    people = _reachable(people, today)
    head = people[0]
    hamlet = (door.number - 1) % hamlet_count(door.of)
    group = HAMLETS[hamlet]
    household = Household(
        id=home_id,
        village_code=door.village.code,
        no=f"{door.number:04d}",
        address=f"{door.county.name}{door.township}{door.village.name}{group}{door.number}号",
        head_name=head.name,
        group_name=group,
        phone=next((person.phone for person in people if person.phone), None),
        place=house(door.village, hamlet, rng),
        responsible_worker_id=door.worker_id,
        details=_home_details(plan, rng),
    )
    return household, people


def _person(
    seat: Member,
    family_name: str,
    mother_id: str | None,
    home_id: str,
    door: Door,
    registered_at: datetime,
    today: date,
    rng: Random,
) -> Resident:
    born = today - timedelta(days=max(1, round(seat.age * 365.25)))
    own = surname(rng) if seat.relation in _MARRIED_IN else family_name
    baby = seat.age < 60 / 365.25
    has_phone = 15 <= seat.age < 85 and rng.random() < (0.95 if seat.age < 65 else 0.6)
    return Resident(
        id=made_id(registered_at, rng),
        village_code=door.village.code,
        household_id=home_id,
        relation_to_head=seat.relation,
        name=own + given_name(seat.sex, born.year, rng),
        sex=seat.sex,
        birth_date=born,
        id_type="01",
        id_no=None if baby else id_no(born, seat.sex, rng),
        phone=phone(rng) if has_phone else None,
        mother_id=mother_id,
        details=_details(age_years(born, today), seat, rng),
    )


def _reachable(people: Sequence[Resident], today: date) -> list[Resident]:
    """Everybody gets somebody to call: the youngest grown-up with a telephone, or a relative."""
    grown = [p for p in people if p.phone and age_years(p.birth_date, today) >= 18]
    grown.sort(key=lambda person: person.birth_date, reverse=True)
    reached = []
    for person in people:
        contact = next((p for p in grown if p.id != person.id), None)
        if contact is None and person.phone is None:
            rng = Random(f"{person.id}/relative")
            name, number = person.name[0] + given_name("1", 1982, rng), phone(rng)
        elif contact is None:
            name, number = person.name, person.phone or ""
        else:
            name, number = contact.name, contact.phone or ""
        reached.append(replace(person, contact_name=name, contact_phone=number))
    return reached


def _details(age: int, seat: Member, rng: Random) -> dict[str, Any]:
    """Answers of the personal file (forms.md §2) that the register has no column for."""
    if age < 7:
        return {"ethnicity": "01", "residence_type": "1"}
    return {
        "ethnicity": "01",
        "residence_type": "1",
        "education": _education(age, rng),
        "occupation": _occupation(age, rng),
        "marital": _marital(age, seat, rng),
        "payment": ["3"],
        "blood_abo": rng.choices("12345", weights=(28, 26, 30, 8, 8))[0],
        "drug_allergy": ["2"] if rng.random() < 0.04 else ["1"],
        "disability": ["5"] if age > 30 and rng.random() < 0.03 else ["1"],
    }


def _education(age: int, rng: Random) -> str:
    if age >= 65:
        return rng.choices(("9", "8", "7"), weights=(45, 42, 13))[0]
    if age >= 45:
        return rng.choices(("9", "8", "7", "6"), weights=(8, 36, 46, 10))[0]
    if age >= 19:
        return rng.choices(("8", "7", "6", "4", "3", "2"), weights=(6, 42, 20, 12, 13, 7))[0]
    return "7" if age >= 15 else "8"


def _occupation(age: int, rng: Random) -> str:
    if age < 18:
        return "8"
    return rng.choices(("4", "5", "3", "7", "1"), weights=(70, 12, 9, 6, 3))[0]


def _marital(age: int, seat: Member, rng: Random) -> str:
    if seat.relation in ("12", "38") or (seat.relation == "20" and age > 24):
        return "2"
    if age < 22:
        return "1"
    if seat.relation == "52" or (seat.relation == "02" and age > 75 and rng.random() < 0.5):
        return "3"
    return "2"


def _home_details(plan: Plan, rng: Random) -> dict[str, Any]:
    """Answers of the household form (forms.md §1.1) that the register has no column for."""
    return {
        "population_registered": len(plan) + rng.choice((0, 0, 0, 1, 2)),
        "population_resident": len(plan),
        "household_type": [rng.choices(("1", "2", "3", "4"), weights=(84, 6, 8, 2))[0]],
        "family_structure": _structure(plan),
        "kitchen_exhaust": rng.choices(("2", "3", "4", "1"), weights=(55, 15, 25, 5))[0],
        "fuel_type": rng.choices(("1", "5", "4"), weights=(60, 38, 2))[0],
        "water_source": rng.choices(("1", "3"), weights=(88, 12))[0],
        "toilet_type": rng.choices(("1", "2", "5"), weights=(80, 15, 5))[0],
        "livestock_pen": rng.choices(("1", "2", "4"), weights=(55, 38, 7))[0],
    }


def _structure(plan: Plan) -> str:
    """Family structure (forms.md §1.1): 1 single, 2 couple, 3 nuclear, 4 three generations, 6."""
    relations = {seat.relation for seat in plan}
    if len(plan) == 1:
        return "1"
    if relations <= {"02", "12"}:
        return "2"
    if relations & {"20", "30"} and not relations & {"41", "42", "38"}:
        return "3"
    return "4" if relations & {"38", "20"} else "6"
