"""Pure decisions about areas and places."""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

from backend.geo.model import Fix, Geotag

GOOD_ACCURACY_M = 50
FAIR_ACCURACY_M = 200
FAR_FROM_HOME_M = 500  # codes.md §10 [engineering]
_EARTH_RADIUS_M = 6_371_008.8


def prefix(area_code: str) -> str:
    """The digits that an area shares with everything inside it: 6 county, 9 township, 12 village.

    Source: codes.md §9, 12-digit statistical code.
    """
    if area_code.endswith("000000"):
        return area_code[:6]
    return area_code[:9] if area_code.endswith("000") else area_code


def covers(area_code: str, inner_code: str) -> bool:
    """True when ``inner_code`` is the area itself or lies inside it."""
    return inner_code.startswith(prefix(area_code))


def covers_any(area_codes: Iterable[str], inner_code: str) -> bool:
    """True when one of the areas covers ``inner_code``."""
    return any(covers(code, inner_code) for code in area_codes)


def bounds(area_code: str) -> tuple[str, str]:
    """Lowest and highest code inside an area, both inclusive: a range an index can serve."""
    head = prefix(area_code)
    return head.ljust(12, "0"), head.ljust(12, "9")


def county_of(code: str) -> str:
    """The county's 12-digit code."""
    return code[:6].ljust(12, "0")


def township_of(code: str) -> str:
    """The township's 12-digit code; a county's code stays itself."""
    return code[:9].ljust(12, "0")


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two WGS-84 points (lng, lat) by the haversine formula (codes.md §10)."""
    (lng_a, lat_a), (lng_b, lat_b) = a, b
    d_lat, d_lng = radians(lat_b - lat_a), radians(lng_b - lng_a)
    h = sin(d_lat / 2) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(d_lng / 2) ** 2
    return 2 * _EARTH_RADIUS_M * asin(sqrt(min(1.0, h)))


def geotag(
    fix: Fix | None,
    found_village: str | None,
    home_village: str | None,
    home: tuple[float, float] | None,
) -> Geotag:
    """Conclude from a fix where a visit was made.

    :param found_village: village whose boundary holds the point, looked up by the caller
    :param home_village: where the subject is registered, or the township or county it is
    :param home: (lng, lat) of the household or site
    """
    if fix is None:
        return Geotag(None, None, "none", ("no_fix",))
    doubt: list[str] = []
    if abs(fix.lng) < 0.01 and abs(fix.lat) < 0.01:
        return Geotag(None, None, "none", ("null_island",))
    if fix.accuracy_m <= GOOD_ACCURACY_M:
        accuracy = "good"
    elif fix.accuracy_m <= FAIR_ACCURACY_M:
        accuracy = "fair"
    else:
        accuracy = "poor"
        doubt.append("poor_accuracy")
    distance = None if home is None else round(distance_m((fix.lng, fix.lat), home))
    if distance is not None and distance - fix.accuracy_m > FAR_FROM_HOME_M:
        doubt.append("far_from_home")
    if found_village is None:
        doubt.append("outside_scope")
    elif home_village is not None and not covers(home_village, found_village):
        doubt.append("other_village")
    return Geotag(found_village, distance, accuracy, tuple(doubt))
