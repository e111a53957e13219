"""Area codes cover what lies inside them, and a fix says where a visit was made."""

import pytest

from backend.geo.model import Fix
from backend.geo.rules import (
    bounds,
    county_of,
    covers,
    covers_any,
    distance_m,
    geotag,
    prefix,
    township_of,
)

COUNTY, TOWNSHIP, VILLAGE = "340828000000", "340828104000", "340828104201"
HOME = (116.36, 30.85)


@pytest.mark.parametrize(
    ("area", "inner", "expected"),
    [
        (COUNTY, VILLAGE, True),
        (TOWNSHIP, VILLAGE, True),
        (VILLAGE, VILLAGE, True),
        (VILLAGE, TOWNSHIP, False),
        (TOWNSHIP, "340828105201", False),
        (COUNTY, "340829104201", False),
        ("340828104210", "340828104211", False),
    ],
)
def test_an_area_covers_what_lies_inside_it(area: str, inner: str, expected: bool) -> None:
    low, high = bounds(area)
    assert covers(area, inner) is expected
    assert (low <= inner <= high) is expected


def test_parents_are_read_from_the_code() -> None:
    assert (prefix(COUNTY), prefix(TOWNSHIP), prefix(VILLAGE)) == ("340828", TOWNSHIP[:9], VILLAGE)
    assert township_of(VILLAGE) == TOWNSHIP
    assert county_of(VILLAGE) == COUNTY
    assert covers_any([], VILLAGE) is False


def test_distance_of_a_hundredth_degree_of_latitude() -> None:
    assert distance_m((116.36, 30.85), (116.36, 30.86)) == pytest.approx(1112, abs=1)


def fix(lng: float = HOME[0], lat: float = HOME[1], accuracy_m: float = 20) -> Fix:
    return Fix(lng, lat, accuracy_m, "2026-11-22T02:00:00Z")


@pytest.mark.parametrize(
    ("measured", "found", "accuracy_class", "doubt"),
    [
        (None, None, "none", ("no_fix",)),
        (fix(0.0, 0.0), None, "none", ("null_island",)),
        (fix(), VILLAGE, "good", ()),
        (fix(accuracy_m=120), VILLAGE, "fair", ()),
        (fix(accuracy_m=5000), VILLAGE, "poor", ("poor_accuracy",)),
        (fix(lat=30.87), VILLAGE, "good", ("far_from_home",)),
        # 2.2 km off, but the fix itself is only good to 2 km: no doubt about the distance
        (fix(lat=30.87, accuracy_m=2000), VILLAGE, "poor", ("poor_accuracy",)),
        (fix(), "340828104299", "good", ("other_village",)),
        (fix(), None, "good", ("outside_scope",)),
    ],
)
def test_a_fix_is_judged(
    measured: Fix | None, found: str | None, accuracy_class: str, doubt: tuple[str, ...]
) -> None:
    tag = geotag(measured, found, VILLAGE, HOME)
    assert (tag.accuracy_class, tag.doubt) == (accuracy_class, doubt)


def test_without_a_known_home_no_distance_is_claimed() -> None:
    assert geotag(fix(lat=31.5), VILLAGE, VILLAGE, None).distance_m is None
