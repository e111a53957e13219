"""The invented people: plausible, repeatable, never anybody's numbers, never in the future."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from shapely.geometry import Point, shape
from stdnum.cn import ric

from backend.geo.rules import distance_m
from backend.kernel.clock import local_date
from backend.kernel.dates import add_months, age_years
from backend.kernel.ids import newborn_id
from backend.residents.model import Resident
from backend.sample.county import build
from backend.sample.generate.doses import given
from backend.sample.generate.families import families
from backend.sample.generate.households import plans
from backend.sample.model import County, Family, Visit
from tests.unit.sample.conftest import EDITION, NOW, SEED

FORMS = Path(__file__).parents[3] / "schemas" / "forms"
TODAY = local_date(NOW)


def people(homes: list[Family]) -> list[Resident]:
    return [person for home in homes for person in home.residents]


def visits(homes: list[Family]) -> list[Visit]:
    return [visit for home in homes for visit in home.visits]


@pytest.mark.parametrize("residents", [50, 137, 2000, 5000])
def test_a_sample_has_exactly_the_residents_asked_for(residents: int) -> None:
    made = plans(residents, SEED)
    assert sum(len(plan) for plan in made) == residents
    assert len(made) == round(residents * 0.3)


def test_the_same_seed_makes_the_same_county() -> None:
    def make(seed: int) -> list[Family]:
        return list(families(build(60, seed), 60, seed, NOW, EDITION))

    assert make(1) == make(1)
    assert make(1) != make(2)


def test_ages_are_those_of_a_county_whose_young_have_left(homes: list[Family]) -> None:
    ages = [age_years(person.birth_date, TODAY) for person in people(homes)]
    share = {
        "small children": sum(age < 7 for age in ages) / len(ages),
        "young adults": sum(18 <= age < 35 for age in ages) / len(ages),
        "over 60": sum(age >= 60 for age in ages) / len(ages),
    }
    assert 0.04 < share["small children"] < 0.13
    assert share["young adults"] < 0.13
    assert 0.22 < share["over 60"] < 0.40
    assert max(ages) <= 101


def test_id_numbers_are_well_formed_and_fit_the_person(homes: list[Family]) -> None:
    numbers = [(person, person.id_no) for person in people(homes) if person.id_no]
    for person, number in numbers:
        assert ric.validate(number) == number
        assert ric.get_birth_date(number) == person.birth_date
        assert (int(number[16]) % 2 == 1) == (person.sex == "1")
    assert len({number for _, number in numbers}) == len(numbers)


def test_telephones_are_of_blocks_that_nobody_was_given(homes: list[Family]) -> None:
    phones = [person.phone for person in people(homes) if person.phone]
    assert len(phones) > 900
    assert all(phone[:3] in ("154", "194") and len(phone) == 11 for phone in phones)
    assert all(person.contact_phone for person in people(homes))


def test_a_quarter_of_those_over_35_has_high_blood_pressure(homes: list[Family]) -> None:
    grown = [p for p in people(homes) if age_years(p.birth_date, TODAY) >= 35]
    with_pressure = sum("2" in p.details["past_diseases"] for p in grown) / len(grown)
    with_diabetes = sum("3" in p.details["past_diseases"] for p in grown) / len(grown)
    assert 0.21 < with_pressure < 0.30
    assert 0.06 < with_diabetes < 0.10
    enrolled = {m.resident_id for h in homes for m in h.enrolments if m.programme == "hypertension"}
    assert enrolled == {p.id for p in grown if "2" in p.details["past_diseases"]}


def test_old_people_live_alone_and_children_with_grandparents(homes: list[Family]) -> None:
    kinds = Counter(home.household.details["family_structure"] for home in homes)
    assert all(kinds[kind] >= 30 for kind in ("1", "2", "3", "4", "6")), kinds


def test_homes_stand_in_their_village(county: County, homes: list[Family]) -> None:
    cells = {village.code: shape(village.boundary) for village in county.inhabited}
    for home in homes:
        place = home.household.place
        assert place is not None
        assert cells[home.household.village_code].contains(Point(place))


def test_home_visits_were_made_at_the_door(homes: list[Family]) -> None:
    for home in homes:
        for visit in home.visits:
            if visit.fix and visit.form_key == "household_visit" and home.household.place:
                assert distance_m(visit.fix[:2], home.household.place) < 150


def test_nothing_happened_in_the_future(homes: list[Family]) -> None:
    for visit in visits(homes):
        assert visit.started_at < visit.finalised_at <= visit.received_at < NOW
        assert visit.visit_date == local_date(visit.finalised_at)


def test_ids_are_unique_and_ordered_by_time(homes: list[Family]) -> None:
    ids = [visit.id for visit in visits(homes)]
    assert len(set(ids)) == len(ids)
    for home in homes:
        assert [v.id for v in home.visits] == sorted(v.id for v in home.visits)


def test_lists_are_alive_on_whatever_day_the_sample_is_made(county: County) -> None:
    for weeks in (0, 7, 26):
        now = NOW + timedelta(weeks=weeks)
        last: dict[str, Visit] = {}
        for home in families(county, 2000, SEED, now, EDITION):
            last |= {v.subject_id: v for v in home.visits if v.form_key == "htn_followup"}
        days = [
            (local_date(now) - visit.visit_date).days
            for visit in last.values()
            if visit.answers["fu_class"] == "1"
        ]
        upcoming = sum(day < 60 for day in days) / len(days)
        due = sum(60 <= day <= 120 for day in days) / len(days)
        overdue = sum(day > 120 for day in days) / len(days)
        assert upcoming > 0.4
        assert due > 0.15
        assert 0.03 < overdue < 0.15


def test_newborns_carry_the_id_that_the_phone_derives(homes: list[Family]) -> None:
    babies = [
        (home, person)
        for home in homes
        for person in home.residents
        if person.mother_id and (TODAY - person.birth_date).days < 60
    ]
    assert len(babies) == 8
    for home, baby in babies:
        notice = next(visit for visit in home.visits if visit.form_key == "delivery_notice")
        assert notice.subject_id == baby.mother_id
        assert baby.id == newborn_id(notice.id, 0)
        assert {m.programme for m in home.enrolments} >= {"postpartum", "newborn"}


def test_the_first_doctor_has_a_newborn(county: County, homes: list[Family]) -> None:
    doctor = next(worker for worker in county.workers if worker.login == "doctor")
    assert any(
        visit.form_key == "delivery_notice" and visit.worker_id == doctor.id
        for visit in visits(homes)
    )


@cache
def shape_of(form_key: str) -> jsonschema_rs.Validator:
    document = json.loads((FORMS / form_key / "1" / "data.schema.json").read_text("utf-8"))
    return jsonschema_rs.validator_for(document, validate_formats=True)


def test_answers_have_the_shape_of_their_form(homes: list[Family]) -> None:
    kinds = Counter()
    for visit in visits(homes):
        problems = [error.message for error in shape_of(visit.form_key).iter_errors(visit.answers)]
        assert not problems, (visit.form_key, problems)
        kinds[visit.form_key] += 1
    assert min(kinds.values()) > 5
    assert len(kinds) == 7


def doses_of(seed: int, **changed: Any) -> list[tuple[str, int, Any]]:
    facts: Mapping[str, Any] = {"birth_date": add_months(TODAY, -40), "sex": "2", **changed}
    return list(given(facts["birth_date"], facts["sex"], EDITION, TODAY, Random(seed)))  # noqa: S311


def test_no_dose_comes_before_its_age_and_live_ones_keep_their_distance() -> None:
    born = add_months(TODAY, -40)
    late = 0
    for seed in range(300):
        told = doses_of(seed)
        days = {(vaccine, number): day for vaccine, number, day in told}
        assert all(born <= day <= TODAY for day in days.values())
        if ("MMR", 1) in days and ("JE-L", 1) in days:
            gap = abs((days["MMR", 1] - days["JE-L", 1]).days)
            assert gap == 0 or gap >= 28
        if ("DTaP", 1) in days:
            # Two months old before 2025: the old table begins at three months.
            assert days["DTaP", 1] >= add_months(born, 3)
            late += days["DTaP", 1] > add_months(born, 4)
        assert ("JE-I", 1) not in days
    assert 5 < late < 80


def test_young_children_are_late_by_weeks_and_miss_nothing() -> None:
    behind = 0
    for seed in range(300):
        young = [n for v, n, _ in doses_of(seed, birth_date=add_months(TODAY, -8)) if v == "DTaP"]
        assert young == list(range(1, len(young) + 1))
        behind += len(young) < 3
        later = [n for v, n, _ in doses_of(seed, birth_date=add_months(TODAY, -14)) if v == "DTaP"]
        assert later == [1, 2, 3], "caught up"
    assert 5 < behind < 90


def test_some_schoolchildren_lack_a_last_booster_and_nothing_else() -> None:
    short = 0
    for months in (60, 75, 110, 200):
        for seed in range(200):
            told = doses_of(seed, birth_date=add_months(TODAY, -months))
            assert [n for v, n, _ in told if v == "DTaP"] == [1, 2, 3]
            polio = [n for v, n, _ in told if v == "OPV"]
            assert polio in ([1, 2], [1])
            assert months < 100 or polio == [1, 2], "long ago was caught up with"
            short += polio == [1]
    assert 10 < short < 60


def test_grown_people_have_no_certificate_here() -> None:
    assert doses_of(1, birth_date=add_months(TODAY, -12 * 18)) == []
