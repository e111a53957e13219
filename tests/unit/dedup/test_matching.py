"""Same person? Sure only when id number, name and birth date agree."""

from dataclasses import replace
from datetime import date

import pytest

from backend.dedup.rules import compare, match
from backend.residents.model import Resident

LI = Resident(
    id="b", village_code="340828104201", name="李秀英", sex="2",
    birth_date=date(1956, 3, 2), id_no="340828195603020028",
)  # fmt: skip
TWIN = replace(LI, id="t", name="李秀兰", id_no="340828195603020044")


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "same"),
        ({"village_code": "340828105202"}, "same"),  # moved
        ({"name": "李秀瑛"}, "unsure"),  # a homophone: one id number, two names
        ({"birth_date": date(1956, 2, 3)}, "unsure"),
        ({"id_no": None}, "unsure"),
        ({"id_no": None, "sex": "1"}, "unsure"),
        ({"id_no": None, "village_code": "340828105202"}, "different"),
        ({"id_no": "340828195603020044"}, "different"),  # same name and birth date, another number
        ({"id_no": None, "name": "李秀兰"}, "different"),
    ],
)
def test_two_registrations_are_compared(change: dict, verdict: str) -> None:
    assert compare(LI, replace(LI, id="a", **change)).verdict == verdict


def test_twins_stay_two() -> None:
    assert match(TWIN, [LI]) == (None, ())


def test_the_machine_merges_only_when_it_is_sure() -> None:
    survivor, pairs = match(replace(LI, id="a"), [LI])
    assert survivor == "b"
    assert [(p.resident_id, p.other_id, p.state) for p in pairs] == [("a", "b", "merged")]


def test_an_unsure_pair_waits_for_a_person() -> None:
    survivor, pairs = match(replace(LI, id="a", id_no=None), [LI])
    assert survivor is None
    assert [p.state for p in pairs] == ["open"]
    assert pairs[0].verdict.explanation["id_no"] == "missing"


def test_a_merged_record_leads_to_its_survivor() -> None:
    merged = replace(LI, id="m", merged_into="b")
    survivor, pairs = match(replace(LI, id="a"), [merged, LI])
    assert survivor == "b"
    assert sorted(p.state for p in pairs) == ["merged", "open"]
