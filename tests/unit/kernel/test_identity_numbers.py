"""Identity numbers (codes.md §1) and telephone numbers (§8) as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum.cn import ric

from backend.kernel.identity_numbers import (
    id_no_birth,
    id_no_sex,
    id_no_valid,
    normalise_id_no,
    normalise_phone,
    phone_valid,
)


@pytest.mark.parametrize(
    ("number", "birth", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "2"),
        ("34052419800101001X", date(1980, 1, 1), "1"),
        ("440306200002291239", date(2000, 2, 29), "1"),
        ("530102199205080116", date(1992, 5, 8), "1"),
        ("130102198003071239", date(1980, 3, 7), "1"),
    ],
)
def test_valid_numbers_tell_birth_and_sex(number: str, birth: date, sex: str) -> None:
    assert id_no_valid(number)
    assert (id_no_birth(number), id_no_sex(number)) == (birth, sex)


def _with_check_character(seventeen: str) -> str:
    return seventeen + ric.calc_check_digit(seventeen + "0")


@pytest.mark.parametrize(
    "number",
    [
        "65010219990229001X",  # that day never was
        "110105194912310021",  # check character
        "110105491231002",  # 15 digits
        _with_check_character("99010219920508011"),  # no such province
        _with_check_character("53010217990508011"),  # nobody is that old
        "5301021992050801l6",
        "",
    ],
)
def test_other_numbers_tell_nothing(number: str) -> None:
    assert not id_no_valid(number)
    assert id_no_birth(number) is None
    assert id_no_sex(number) is None


def test_a_county_that_no_longer_exists_is_taken() -> None:
    assert id_no_valid(_with_check_character("53999919920508011"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("11010519491231002x", "11010519491231002X"),
        (" 110105 19491231 002X ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("110105491231002", "11010519491231002X"),
        ("E12345678", "E12345678"),
    ],
)
def test_id_numbers_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalise_id_no(typed) == kept
    assert normalise_id_no(kept) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 8765 4321", "13887654321"),
        ("+86 138-8765-4321", "13887654321"),
        ("008613887654321", "13887654321"),
        ("8613887654321", "13887654321"),
        ("１３８８７６５４３２１", "13887654321"),
        ("0871-6512345", "0871-6512345"),
        ("08716512345", "0871-6512345"),
        ("（0871）6512345", "0871-6512345"),
        ("01065123456-801", "010-65123456-801"),
        ("400-810-1234", "4008101234"),
    ],
)
def test_telephone_numbers_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert phone_valid(typed)
    assert normalise_phone(typed) == kept
    assert normalise_phone(kept) == kept


@pytest.mark.parametrize(
    "typed", ["110", "120", "1388765432", "12887654321", "13886138861388", "无"]
)
def test_what_is_nobodys_number_is_not_valid(typed: str) -> None:
    assert not phone_valid(typed)
