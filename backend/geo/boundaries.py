"""Boundaries that a county brings as GeoJSON: read, judged, and kept only when all are sound.

A fix lies in the village whose boundary holds it, so two villages that overlap would share their
visits, and a line that crosses itself has no inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from shapely import STRtree
from shapely.errors import GEOSException
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.validation import explain_validity

from backend.geo.model import Area

MOST_OVERLAP = 0.01
"""Share of the smaller area up to which neighbours drawn by hand may overlap [engineering]."""

CODE_NAMES = ("code", "village_code", "area_code", "XZQDM")
"""Properties in which a feature says its 12-digit code; the last is the land survey's."""

_KM_PER_DEGREE = 111.195  # of a great circle, mean earth radius
_CHINA = (73.0, 3.0, 136.0, 54.0)


@dataclass(frozen=True)
class Mistake:
    """Why a file is not taken.

    :param kind: ``no_code``, ``unknown_area``, ``twice``, ``not_an_area``, ``crosses_itself``,
        ``not_in_china``, ``overlaps``
    :param at: number of the feature in the file, from 1
    :param detail: code of the other area, or the place where the line crosses
    :param percent: how much of the smaller one overlaps
    """

    kind: str
    at: int
    code: str | None = None
    detail: str | None = None
    percent: float | None = None


@dataclass(frozen=True)
class Drawn:
    """A boundary that is sound by itself.

    :param km2: its area, in square kilometres
    :param is_new: the area had none before
    """

    at: int
    area: Area
    shape: Polygon | MultiPolygon
    boundary: Mapping[str, Any]
    km2: float
    is_new: bool


@dataclass(frozen=True)
class Checked:
    """A whole file, judged."""

    drawn: tuple[Drawn, ...]
    mistakes: tuple[Mistake, ...]


def check(features: Sequence[Mapping[str, Any]], known: Mapping[str, Area]) -> Checked:
    """Judge the features of a file beside the boundaries that stay.

    :param known: the caller's areas by code, with boundaries
    """
    mistakes: list[Mistake] = []
    drawn: dict[str, Drawn] = {}
    for at, feature in enumerate(features, start=1):
        one = _read(at, feature, known)
        if isinstance(one, Drawn) and one.area.code in drawn:
            one = Mistake("twice", at, one.area.code)
        if isinstance(one, Mistake):
            mistakes.append(one)
        else:
            drawn[one.area.code] = one
    mistakes += _overlaps(drawn, known)
    return Checked(tuple(drawn.values()), tuple(sorted(mistakes, key=lambda each: each.at)))


def _read(at: int, feature: Mapping[str, Any], known: Mapping[str, Area]) -> Drawn | Mistake:
    properties = feature.get("properties")
    code = _code(properties if isinstance(properties, Mapping) else {})
    if code is None:
        return Mistake("no_code", at)
    if code not in known:
        return Mistake("unknown_area", at, code)
    geometry = feature.get("geometry")
    if not isinstance(geometry, Mapping):
        return Mistake("not_an_area", at, code)
    try:
        found = shape(geometry)
    except (GEOSException, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return Mistake("not_an_area", at, code)
    if not isinstance(found, (Polygon, MultiPolygon)) or found.is_empty or found.has_z:
        return Mistake("not_an_area", at, code)
    if not found.is_valid:
        return Mistake("crosses_itself", at, code, explain_validity(found))
    west, south, east, north = found.bounds
    if not (_CHINA[0] <= west and _CHINA[1] <= south and east <= _CHINA[2] and north <= _CHINA[3]):
        return Mistake("not_in_china", at, code)
    before = known[code]
    boundary = {"type": found.geom_type, "coordinates": geometry["coordinates"]}
    return Drawn(at, before, found, boundary, _km2(found), before.boundary is None)


def _code(properties: Mapping[str, Any]) -> str | None:
    for name in CODE_NAMES:
        value = properties.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).isdigit():
            return str(value)[:12].ljust(12, "0")
    return None


def _km2(found: Polygon | MultiPolygon) -> float:
    """Square kilometres, from degrees at the middle latitude: right to 1 % for a county."""
    south, north = found.bounds[1], found.bounds[3]
    scale = _KM_PER_DEGREE**2 * cos(radians((south + north) / 2))
    return float(found.area) * scale


def _overlaps(drawn: Mapping[str, Drawn], known: Mapping[str, Area]) -> list[Mistake]:
    """Areas of one level that lie over each other, each pair once."""
    staying = {
        code: shape(area.boundary)
        for code, area in known.items()
        if area.boundary is not None and code not in drawn
    }
    shapes = staying | {code: one.shape for code, one in drawn.items()}
    codes = list(shapes)
    tree = STRtree([shapes[code] for code in codes])
    found = []
    for code, one in drawn.items():
        for hit in tree.query(one.shape, predicate="intersects"):
            other = codes[hit]
            if other == code or known[other].level != one.area.level:
                continue
            if other in drawn and drawn[other].at < one.at:
                continue  # told with the other
            both = one.shape.intersection(shapes[other]).area
            share = both / min(one.shape.area, shapes[other].area)
            if share > MOST_OVERLAP:
                told = round(share * 100, 1)
                found.append(Mistake("overlaps", one.at, code, other, told))
    return found
