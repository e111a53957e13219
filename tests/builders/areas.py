"""A small county: two townships, three villages. The codes are invented."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from backend.geo import store
from backend.geo.model import Area

COUNTY = "990123000000"
TOWNSHIP = "990123100000"
VILLAGE = "990123100201"
SIBLING_VILLAGE = "990123100202"
OTHER_TOWNSHIP = "990123101000"
OTHER_VILLAGE = "990123101201"
UNKNOWN_AREA = "990199999999"

_NAMES = {
    COUNTY: ("试验县", "county", None),
    TOWNSHIP: ("青山镇", "township", COUNTY),
    VILLAGE: ("上河村", "village", TOWNSHIP),
    SIBLING_VILLAGE: ("下河村", "village", TOWNSHIP),
    OTHER_TOWNSHIP: ("白水乡", "township", COUNTY),
    OTHER_VILLAGE: ("石桥村", "village", OTHER_TOWNSHIP),
}


def make_area(session: Session, code: str, name: str, level: str, parent: str | None) -> Area:
    """An area without a boundary."""
    area = Area(code=code, name=name, level=level, parent_code=parent)
    store.save(session, area, date(2020, 1, 1))
    return area


def make_county(session: Session) -> None:
    """All six areas above. Village boundaries are squares of 0.1 degrees side by side."""
    for code, (name, level, parent) in _NAMES.items():
        make_area(session, code, name, level, parent)
    for index, code in enumerate((VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE)):
        west, south = 104.0 + index * 0.1, 30.0
        ring = [
            [west, south],
            [west + 0.1, south],
            [west + 0.1, south + 0.1],
            [west, south + 0.1],
            [west, south],
        ]
        store.save(
            session,
            Area(
                code=code,
                name=_NAMES[code][0],
                level="village",
                parent_code=_NAMES[code][2],
                centre=(west + 0.05, south + 0.05),
                boundary={"type": "Polygon", "coordinates": [ring]},
                boundary_source="invented",
            ),
            date(2020, 1, 1),
        )
