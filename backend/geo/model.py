"""Areas and places as nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Area:
    """A county, township or village.

    :param code: 12 digits, padded with zeros (codes.md §9)
    :param boundary: GeoJSON Polygon or MultiPolygon in WGS-84, or nothing
    """

    code: str
    name: str
    level: str
    parent_code: str | None
    clinic_name: str | None = None
    clinic_phone: str | None = None
    clinic_address: str | None = None
    centre: tuple[float, float] | None = None
    boundary: Mapping[str, Any] | None = None
    boundary_source: str | None = None


@dataclass(frozen=True)
class Fix:
    """What a phone measured.

    :param lng: degrees, WGS-84
    :param lat: degrees, WGS-84
    :param accuracy_m: radius in metres that holds the phone with 95 % (W3C Geolocation)
    """

    lng: float
    lat: float
    accuracy_m: float
    fixed_at: str


@dataclass(frozen=True)
class Geotag:
    """What the server concluded from a fix.

    :param village_code: village whose boundary holds the point
    :param distance_m: metres to the household's place, when both are known
    :param accuracy_class: good (≤ 50 m), fair (≤ 200 m), poor, none
    :param doubt: codes of what does not fit: ``no_fix``, ``null_island``, ``poor_accuracy``,
        ``other_village``, ``far_from_home``, ``outside_scope``
    """

    village_code: str | None
    distance_m: int | None
    accuracy_class: str
    doubt: tuple[str, ...]
