"""Invented geography: where the villages of a county might lie, and the cells around them.

Codes and names are real, places are not: no open package has village boundaries, so every village
gets a point inside a rough outline of the county and the Voronoi cell around that point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, hypot, pi, sin
from random import Random
from typing import Any

import shapely
from shapely.geometry import MultiPoint, Point, Polygon, mapping

from backend.geo.model import Area

SOURCE = "invented"
OUTLINE_CENTRE = (116.22, 30.91)
OUTLINE_RADIUS = (0.33, 0.24)  # degrees: about 63 km by 53 km
_DEGREE_M = 111_195.0
_TRIES = 30

Spot = tuple[float, float]


def settle(county: Mapping[str, Any], rng: Random) -> list[Area]:
    """County, townships and villages with invented places, clinics and telephone numbers.

    A clinic's number begins with 0 after the area code of Anqing, which no local number does: it
    was never given to anybody and rings nowhere.

    :param county: the document ``county.json``
    """
    ground = _outline(rng)
    towns: Sequence[Mapping[str, Any]] = county["townships"]
    seats = _spread(ground, len(towns), rng)
    areas = [_area(county, county["name"], "county", None, OUTLINE_CENTRE, ground)]
    for number, (town, seat, land) in enumerate(
        zip(towns, seats, _cells(ground, seats), strict=True), start=1
    ):
        areas.append(
            _area(
                town, f"{town['name']}卫生院", "township", county["code"], seat, land, number * 1000
            )
        )
        spots = _spread(land.buffer(-0.008), len(town["villages"]), rng)
        for within, ((code, official), spot, cell) in enumerate(
            zip(town["villages"].items(), spots, _cells(land, spots), strict=True), start=1
        ):
            village = {"code": code, "name": village_name(official)}
            clinic = f"{village['name']}卫生室"
            line = number * 1000 + within
            areas.append(_area(village, clinic, "village", town["code"], spot, cell, line))
    return areas


def village_name(official: str) -> str:
    """``响肠村委会`` in the statistical list is 响肠村 to everybody; 居委会 stay as they are."""
    return official.removesuffix("委会") if official.endswith("村委会") else official


def _area(
    place: Mapping[str, Any],
    clinic: str,
    level: str,
    parent: str | None,
    centre: Spot,
    land: Polygon,
    line: int = 0,
) -> Area:
    return Area(
        code=place["code"],
        name=place["name"],
        level=level,
        parent_code=parent,
        clinic_name=None if level == "county" else f"{clinic}（样例）",
        clinic_phone=None if level == "county" else f"0556-0{line:06d}",
        clinic_address=None if level == "county" else f"{place['name']}（地址为虚构）",
        centre=_rounded(centre),
        boundary=mapping(shapely.set_precision(land, 0.00001)),
        boundary_source=SOURCE,
    )


def _outline(rng: Random) -> Polygon:
    """A bumpy oval of about the size and the place of the county."""
    waves = [(n, rng.uniform(0.02, 0.07), rng.uniform(0, 2 * pi)) for n in (2, 3, 5, 8)]
    ring = []
    for step in range(72):
        angle = 2 * pi * step / 72
        reach = 1 + sum(height * sin(n * angle + turn) for n, height, turn in waves)
        ring.append(
            (
                OUTLINE_CENTRE[0] + OUTLINE_RADIUS[0] * reach * cos(angle),
                OUTLINE_CENTRE[1] + OUTLINE_RADIUS[1] * reach * sin(angle),
            )
        )
    return Polygon(ring)


def _spread(land: Polygon, count: int, rng: Random) -> list[Spot]:
    """So many points inside the land, none too near to another (Mitchell's best candidate)."""
    west, south, east, north = land.bounds
    spots: list[Spot] = []
    while len(spots) < count:
        tries = [(rng.uniform(west, east), rng.uniform(south, north)) for _ in range(_TRIES)]
        inside = [spot for spot in tries if land.contains(Point(spot))]
        if inside:
            spots.append(max(inside, key=lambda spot: _gap(spot, spots)))
    return spots


def _gap(spot: Spot, others: Sequence[Spot]) -> float:
    return min((hypot(spot[0] - x, spot[1] - y) for x, y in others), default=0.0)


def _cells(land: Polygon, spots: Sequence[Spot]) -> list[Polygon]:
    """The Voronoi cell of each point, cut at the land's border; in the order of the points."""
    pieces = list(shapely.voronoi_polygons(MultiPoint(spots), extend_to=land).geoms)
    tree = shapely.STRtree(pieces)
    return [pieces[int(tree.nearest(Point(spot)))].intersection(land) for spot in spots]


def house(village: Area, hamlet: int, rng: Random) -> Spot:
    """A house in a hamlet of a village: the hamlets lie on a ring round the village's point."""
    if village.centre is None or village.boundary is None:
        raise ValueError(f"{village.code} lies nowhere")
    cell = shapely.geometry.shape(village.boundary)
    lng, lat = village.centre
    turn = Random(f"{village.code}/{hamlet}").uniform(0, 2 * pi)
    reach = Point(village.centre).distance(cell.exterior) * (0.15 + 0.1 * (hamlet % 6))
    spot = (
        lng + reach * cos(turn) + rng.gauss(0, 0.0008),
        lat + reach * sin(turn) + rng.gauss(0, 0.0007),
    )
    return _rounded(spot if cell.contains(Point(spot)) else village.centre)


def near(spot: Spot, metres: float, rng: Random) -> Spot:
    """A point so many metres away, in a direction of chance."""
    turn = rng.uniform(0, 2 * pi)
    east = metres * cos(turn) / (_DEGREE_M * cos(spot[1] * pi / 180))
    return _rounded((spot[0] + east, spot[1] + metres * sin(turn) / _DEGREE_M))


def _rounded(spot: Spot) -> Spot:
    return round(spot[0], 6), round(spot[1], 6)
