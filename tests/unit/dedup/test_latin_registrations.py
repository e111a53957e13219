"""Names and addresses in Latin letters: parts change places, and a family shares the address."""

from dataclasses import replace
from datetime import date

import pytest

from backend.dedup.model import DIFFERENT, SAME, UNSURE, Registration
from backend.dedup.rules.linking import link
from backend.dedup.rules.scoring import compare
from backend.dedup.rules.traits import traits_of

KAYLA = Registration(
    id="a", name="kayla elrick", birth_date=date(1925, 2, 2), id_no="6802075",
    address="95 jardine street banksia catalina", village_code="2160",
)  # fmt: skip
HUSBAND = replace(KAYLA, id="b", name="thomas elrick", birth_date=date(1922, 9, 30), id_no="")


def verdict(a: Registration, b: Registration) -> str:
    return compare(traits_of(a), traits_of(b)).verdict


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "elrick kayla"}, SAME),  # surname first
        ({"name": "kayl elrick", "id_no": ""}, SAME),  # a letter left out
        ({"address": "banksia 95 jardinestreet catalina", "id_no": ""}, SAME),  # parts moved
        ({"address": "95 banksia catalina", "village_code": "2610", "id_no": ""}, SAME),
        ({"birth_date": date(1974, 8, 6), "address": ""}, UNSURE),  # the number alone is left
        ({"name": "kayla smith", "id_no": ""}, SAME),  # married
        ({"name": "oliver von hoist", "birth_date": None, "id_no": "8616786"}, UNSURE),  # a tenant
        ({"name": "oliver von hoist", "birth_date": date(1951, 1, 9)}, UNSURE),  # their number
        ({"name": "oliver smith", "birth_date": date(1951, 1, 9), "id_no": "0"}, DIFFERENT),
    ],
)
def test_two_registrations_in_latin_letters(change: dict, expected: str) -> None:
    assert verdict(KAYLA, replace(KAYLA, id="c", **change)) == expected


def test_a_couple_at_one_address_is_for_a_person_to_tell() -> None:
    assert verdict(replace(KAYLA, id_no=""), HUSBAND) == UNSURE
    assert verdict(replace(KAYLA, id_no="", sex="2"), replace(HUSBAND, sex="1")) == DIFFERENT


def test_a_number_that_nobody_has_is_no_evidence() -> None:
    nothing = replace(KAYLA, id="d", name="amy reid", birth_date=date(1980, 5, 1), address="")
    assert verdict(replace(KAYLA, id_no="9999999"), replace(nothing, id_no="9999999")) == DIFFERENT


def test_they_find_one_another_by_whatever_was_left() -> None:
    """The postcode's digits and the parts of the address exchanged, the birth date missing."""
    other = replace(
        KAYLA, id="c", birth_date=None, id_no="", village_code="2610", name="kayl elrikc",
        address="banksia 95 jardinestreet catalina",
    )  # fmt: skip
    assert link([KAYLA, other]).people == [[0, 1]]
