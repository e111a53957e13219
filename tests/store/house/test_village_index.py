"""The house's village index: built when first asked for, at most five minutes old."""

from __future__ import annotations

from datetime import date

from backend.geo import store
from backend.geo.model import Area
from backend.house import House
from tests.builders.areas import SIBLING_VILLAGE, VILLAGE, make_county
from tests.fakes.clock import FakeClock


def test_the_index_follows_new_boundaries_within_five_minutes(
    house: House, clock: FakeClock
) -> None:
    assert house.village_index().find(104.05, 30.05) is None
    with house.write() as session:
        make_county(session)
    assert house.village_index().find(104.05, 30.05) is None
    clock.advance(minutes=5, seconds=1)
    assert house.village_index().find(104.05, 30.05) == VILLAGE
    assert house.village_index().find(104.15, 30.05) == SIBLING_VILLAGE
    assert house.village_index().find(0, 0) is None


def test_an_area_without_a_boundary_holds_no_point(house: House) -> None:
    with house.write() as session:
        store.save(session, Area(VILLAGE, "上河村", "village", None), date(2020, 1, 1))
    assert house.village_index().find(104.05, 30.05) is None
