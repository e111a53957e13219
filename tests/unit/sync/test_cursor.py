"""A cursor says where a phone stands; another life or another scope starts over."""

import pytest

from backend.kernel.errors import Refusal
from backend.sync.model import Cursor
from backend.sync.rules import concerns, place_of, ranges, read_cursor, scope_mark, write_cursor

EPOCH = "019ab000-0000-7000-8000-000000000001"


def test_a_cursor_survives_the_way_there_and_back() -> None:
    cursor = Cursor(EPOCH, scope_mark(["340828104000"]), 7, 42)
    assert read_cursor(write_cursor(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "a.b.c", "a.b.c.d", f"{EPOCH}.m.1.2.3"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="cursor"):
        read_cursor(text)


def test_a_new_phone_starts_at_the_beginning_without_a_reset() -> None:
    assert place_of(None, EPOCH, "m") == ((0, 0), False)


@pytest.mark.parametrize(("epoch", "mark"), [("other", "m"), (EPOCH, "other")])
def test_another_life_or_scope_starts_over(epoch: str, mark: str) -> None:
    assert place_of(Cursor(EPOCH, "m", 7, 42), epoch, mark) == ((0, 0), True)


def test_the_same_life_and_scope_goes_on() -> None:
    assert place_of(Cursor(EPOCH, "m", 7, 42), EPOCH, "m") == ((7, 42), False)


def test_the_mark_does_not_depend_on_the_order_of_areas() -> None:
    assert scope_mark(["a", "b"]) == scope_mark(["b", "a"]) != scope_mark(["a"])


def test_a_village_phone_also_follows_its_township_and_county_by_name() -> None:
    assert ranges(["340828104201"]) == [
        ("340828104201", "340828104201"),
        ("000000000000", "000000000000"),
        ("340828000000", "340828000000"),
        ("340828104000", "340828104000"),
    ]


@pytest.mark.parametrize(
    ("kind", "code", "sees"),
    [
        ("area", "340828107000", True),
        ("area", "340828000000", True),
        ("submission", "340828107201", True),
        ("submission", "340828107000", False),
        ("task", "340828000000", False),
        ("form", "000000000000", True),
    ],
)
def test_of_what_lies_above_a_village_a_phone_sees_only_the_names(
    kind: str, code: str, sees: bool
) -> None:
    assert concerns(["340828107201"], kind, code) is sees
