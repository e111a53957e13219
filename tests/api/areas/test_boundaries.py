"""A county brings its boundaries: judged as a whole, kept only when every line is sound."""

from __future__ import annotations

from typing import Any

import pytest

from backend.geo import service as geo, store
from backend.house import House
from tests.builders.areas import COUNTY, OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE
from tests.builders.county import County

SOURCE = "县自然资源局 2026"


def square(code: str | int, west: float, south: float, size: float = 0.1) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def judge(county: County, *features: dict[str, Any], keep: bool = True) -> Any:
    body = {"features": list(features), "source": SOURCE, "keep": keep}
    return county.supervisor.post("/areas/boundaries", body).json


def test_sound_boundaries_are_looked_at_then_kept_and_place_the_next_visit(
    county: County, house: House
) -> None:
    two = (square(VILLAGE, 103.0, 31.0), square(int(SIBLING_VILLAGE), 103.1, 31.0))
    looked = judge(county, *two, keep=False)
    assert (looked["kept"], looked["mistakes"]) == (False, [])
    assert [item["name"] for item in looked["items"]] == ["上河村", "下河村"]
    assert looked["items"][0]["km2"] == pytest.approx(105.9, abs=0.5)
    with house.read() as session:
        assert geo.village_index(session).find(103.05, 31.05) is None
    assert judge(county, *two)["kept"]
    with house.read() as session:
        index = geo.village_index(session)
        kept = {area.code: area for area in store.villages(session)}
    assert (index.find(103.05, 31.05), index.find(103.15, 31.05)) == (VILLAGE, SIBLING_VILLAGE)
    assert kept[VILLAGE].boundary_source == SOURCE


@pytest.mark.parametrize(
    ("kind", "spoilt"),
    [
        ("no_code", {"properties": {}}),
        ("unknown_area", {"properties": {"code": "110101001001"}}),
        ("not_an_area", {"geometry": {"type": "Point", "coordinates": [103.0, 31.0]}}),
        ("not_an_area", {"geometry": {"type": "Polygon", "coordinates": "x"}}),
        ("not_an_area", {"geometry": None}),
        (
            "crosses_itself",
            {
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        [[103, 31], [103.1, 31.1], [103.1, 31], [103, 31.1], [103, 31]]
                    ],
                }
            },
        ),
        ("not_in_china", square(VILLAGE, 31.0, 103.0)),
    ],
)
def test_one_that_is_not_sound_keeps_the_whole_file_out(
    county: County, house: House, kind: str, spoilt: dict[str, Any]
) -> None:
    good = square(SIBLING_VILLAGE, 103.1, 31.0)
    judged = judge(county, good, square(VILLAGE, 103.0, 31.0) | spoilt)
    assert not judged["kept"]
    assert [(m["kind"], m["at"]) for m in judged["mistakes"]] == [(kind, 2)]
    with house.read() as session:
        assert geo.village_index(session).find(103.15, 31.05) is None


def test_villages_may_touch_but_not_lie_on_each_other_whoever_was_there_first(
    county: County,
) -> None:
    assert judge(county, square(VILLAGE, 103.0, 31.0))["kept"]
    over = judge(county, square(SIBLING_VILLAGE, 103.05, 31.0))
    (mistake,) = over["mistakes"]
    assert (mistake["kind"], mistake["detail"], mistake["percent"]) == ("overlaps", VILLAGE, 50.0)
    assert judge(county, square(SIBLING_VILLAGE, 103.0995, 31.0))["kept"]  # a line drawn by hand
    both = judge(county, square(VILLAGE, 104.0, 31.0), square(OTHER_VILLAGE, 104.02, 31.0))
    assert len(both["mistakes"]) == 1
    again = judge(county, square(VILLAGE, 104.0, 31.0), square(VILLAGE, 105.0, 31.0))
    assert [m["kind"] for m in again["mistakes"]] == ["twice"]
    assert judge(county, square(COUNTY, 102.0, 30.0, 4.0))["kept"]  # around them, not over them


def test_only_the_county_draws(county: County) -> None:
    body = {"features": [square(VILLAGE, 103.0, 31.0)], "source": SOURCE}
    assert county.reviewer.post("/areas/boundaries", body).status_code == 404
    empty = {"features": [], "source": SOURCE}
    assert county.supervisor.post("/areas/boundaries", empty).status_code == 422
