"""A cursor says where a phone stands; another life or another scope starts over."""

import pytest

from backend.kernel.errors import Refusal
from backend.sync.model import START, Cursor, Walk
from backend.sync.rules import (
    concerns,
    next_stage,
    ranges,
    read_cursor,
    scope_mark,
    walk_of,
    write_cursor,
)

EPOCH = "019ab000-0000-7000-8000-000000000001"


def newest() -> tuple[int, int]:
    return 9, 99


FOLLOWING = Walk(None, (7, 42), START)


@pytest.mark.parametrize(
    "walk", [FOLLOWING, Walk("homes", (7, 42), (9, 99)), Walk("rest", START, (9, 99))]
)
def test_a_cursor_survives_the_way_there_and_back(walk: Walk) -> None:
    cursor = Cursor(EPOCH, scope_mark(["340828104000"]), walk)
    assert read_cursor(write_cursor(cursor)) == cursor


def test_a_cursor_from_before_there_were_stages_goes_on_where_it_was() -> None:
    assert read_cursor(f"{EPOCH}.m.7.42") == Cursor(EPOCH, "m", FOLLOWING)


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "a.b.c.d", f"{EPOCH}.m.1.2.3", f"{EPOCH}.m.1.2.moon.3.4"]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="cursor"):
        read_cursor(text)


def test_a_new_phone_starts_at_the_beginning_without_a_reset() -> None:
    assert walk_of(None, EPOCH, "m", newest) == (Walk("homes", START, (9, 99)), False)


@pytest.mark.parametrize(("epoch", "mark"), [("other", "m"), (EPOCH, "other")])
def test_another_life_or_scope_starts_over(epoch: str, mark: str) -> None:
    cursor = Cursor(EPOCH, "m", FOLLOWING)
    assert walk_of(cursor, epoch, mark, newest) == (Walk("homes", START, (9, 99)), True)


def test_the_same_life_and_scope_goes_on() -> None:
    assert walk_of(Cursor(EPOCH, "m", FOLLOWING), EPOCH, "m", newest) == (FOLLOWING, False)


def test_homes_come_first_and_in_the_end_what_changed_meanwhile() -> None:
    homes = Walk("homes", (5, 5), (9, 99))
    rest = next_stage(homes)
    assert rest == Walk("rest", START, (9, 99))
    assert next_stage(rest) == Walk(None, (9, 99), START)
    assert next_stage(FOLLOWING) is None


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
