"""S02: there is one scope function. What a caller sees one by one and what a query hands out by
ranges of codes are the same, for every area there can be."""

from __future__ import annotations

from hypothesis import given, strategies as st

from backend.api.policy import Caller
from backend.kernel.ids import new_id
from tests.builders.areas import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE

digits = st.text("0123456789", min_size=3, max_size=3)
villages = st.builds(lambda c, t, v: f"99{c}0{t}{v}", digits, digits, digits)
codes = st.one_of(
    villages,
    villages.map(lambda code: code[:9] + "000"),
    villages.map(lambda code: code[:6] + "000000"),
)


def caller(*areas: str) -> Caller:
    return Caller("account", new_id(), "worker", areas)


@given(st.lists(codes, max_size=4), codes)
def test_sec_s02_seeing_and_querying_agree(areas: list[str], code: str) -> None:
    who = caller(*areas)
    in_range = any(low <= code <= high for low, high in who.ranges())
    assert who.sees(code) == in_range


def test_sec_s02_down_the_tree_and_never_up_or_aside() -> None:
    assert caller(TOWNSHIP).sees(VILLAGE)
    assert caller(COUNTY).sees(OTHER_VILLAGE)
    assert not caller(TOWNSHIP).sees(OTHER_VILLAGE)
    assert not caller(VILLAGE).sees(TOWNSHIP)
    assert not caller(TOWNSHIP).sees(COUNTY)
    assert not caller().sees(VILLAGE)
    assert caller().ranges() == []
