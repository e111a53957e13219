"""Same person? The machine's answer, and when it leaves the answer to a person."""

from dataclasses import replace
from datetime import date

import pytest

from backend.dedup.model import DIFFERENT, SAME, UNSURE
from backend.dedup.rules.matching import match, registration_of
from backend.dedup.rules.scoring import compare
from backend.dedup.rules.traits import traits_of
from backend.residents.model import Household, Resident

HOME = Household("h1", "340828104201", "3", "凤田村4组69号", "李大山", phone="13888880001")
LI = Resident(
    id="b", village_code="340828104201", name="李秀英", sex="2", household_id="h1",
    birth_date=date(1956, 3, 2), id_no="340828195603020029", phone="13888880001",
)  # fmt: skip
TWIN = replace(LI, id="t", name="李秀兰", id_no="340828195603020045")
HUSBAND = replace(
    LI, id="m", name="王建国", sex="1", birth_date=date(1954, 7, 9), id_no="340828195407090011"
)


def verdict(a: Resident, b: Resident) -> str:
    ours, theirs = (traits_of(registration_of(one, HOME)) for one in (a, b))
    return compare(ours, theirs).verdict


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, SAME),
        ({"village_code": "340828105202", "household_id": None}, SAME),  # moved
        ({"name": "李秀瑛"}, SAME),  # a homophone
        ({"name": "LI XIUYING", "id_no": None}, SAME),  # pinyin
        ({"name": "李英", "phone": None}, SAME),  # a character left out
        ({"birth_date": date(1956, 2, 3)}, SAME),  # day and month exchanged
        ({"birth_date": date(1956, 1, 20), "id_no": None}, SAME),  # the lunar date
        ({"birth_date": date(1956, 1, 1), "id_no": None}, SAME),  # only the year was known
        ({"id_no": "340828560302002"}, SAME),  # an old number of 15 digits
        ({"id_no": "340828195603020209"}, SAME),  # two digits exchanged
        ({"id_no": None, "sex": "1"}, SAME),  # sex wrong
        ({"id_no": "340828195603020045"}, UNSURE),  # her twin's number
        ({"id_no": None, "name": "李秀兰"}, UNSURE),  # her twin's name, or a slip
        ({"id_no": None, "birth_date": date(1963, 5, 5), "household_id": None}, UNSURE),
        ({"name": "李秀兰", "id_no": None, "birth_date": date(1963, 5, 5)}, DIFFERENT),  # a sister
    ],
)
def test_two_registrations_are_compared(change: dict, expected: str) -> None:
    assert verdict(LI, replace(LI, id="a", **change)) == expected


def test_twins_and_neighbours_stay_two() -> None:
    assert match(TWIN, [LI], {"h1": HOME}) == (None, ())


def test_a_couple_whose_numbers_were_exchanged_stays_two() -> None:
    wrong = replace(LI, id="a", id_no=HUSBAND.id_no)
    assert verdict(wrong, HUSBAND) == DIFFERENT
    assert verdict(wrong, LI) == SAME


def test_a_newborn_under_the_mothers_number_is_not_the_mother() -> None:
    child = replace(
        LI, id="c", name="李秀英之女", birth_date=date(2026, 9, 1), relation_to_head="3"
    )
    assert verdict(child, LI) == DIFFERENT


def test_the_machine_merges_only_when_it_is_sure() -> None:
    survivor, pairs = match(replace(LI, id="a"), [LI])
    assert survivor == "b"
    assert [(p.resident_id, p.other_id, p.state) for p in pairs] == [("a", "b", "merged")]


def test_without_an_id_number_a_person_decides() -> None:
    survivor, pairs = match(replace(LI, id="a", id_no=None), [LI])
    assert survivor is None
    assert [p.state for p in pairs] == ["open"]
    assert pairs[0].verdict.explanation["id_no"] == "missing"
    assert pairs[0].verdict.weights["name"] > 0


def test_when_two_might_be_the_survivor_a_person_decides() -> None:
    other = replace(LI, id="c", household_id=None)
    survivor, pairs = match(replace(LI, id="a"), [LI, other])
    assert survivor is None
    assert [p.state for p in pairs] == ["open", "open"]


def test_a_merged_record_leads_to_its_survivor() -> None:
    merged = replace(LI, id="m", merged_into="b")
    survivor, pairs = match(replace(LI, id="a"), [merged, LI])
    assert survivor == "b"
    assert {p.state for p in pairs} == {"merged"}
