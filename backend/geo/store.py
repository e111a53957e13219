"""Queries on areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from backend.geo.model import Area
from backend.geo.rules import bounds, county_of
from backend.geo.tables import AreaRow
from backend.kernel.areas import within


def _area(row: AreaRow, *, with_boundary: bool) -> Area:
    centre = (
        None
        if row.centre_lng is None or row.centre_lat is None
        else (row.centre_lng, row.centre_lat)
    )
    return Area(
        code=row.code,
        name=row.name,
        level=row.level,
        parent_code=row.parent_code,
        clinic_name=row.clinic_name,
        clinic_phone=row.clinic_phone,
        clinic_address=row.clinic_address,
        centre=centre,
        boundary=row.boundary if with_boundary else None,
        boundary_source=row.boundary_source if with_boundary else None,
    )


def save(session: Session, area: Area, valid_from: date) -> None:
    """Insert or replace an area."""
    lng, lat = area.centre or (None, None)
    session.merge(
        AreaRow(
            code=area.code,
            name=area.name,
            level=area.level,
            parent_code=area.parent_code,
            county_code=county_of(area.code),
            clinic_name=area.clinic_name,
            clinic_phone=area.clinic_phone,
            clinic_address=area.clinic_address,
            centre_lng=lng,
            centre_lat=lat,
            boundary=None if area.boundary is None else dict(area.boundary),
            boundary_source=area.boundary_source,
            valid_from=valid_from,
            valid_to=None,
        )
    )


def set_boundary(
    session: Session,
    code: str,
    boundary: Mapping[str, Any],
    centre: tuple[float, float],
    source: str,
) -> None:
    """Give an area another boundary; its centre is only set where it had none."""
    row = session.get_one(AreaRow, code)
    row.boundary, row.boundary_source = dict(boundary), source
    if row.centre_lng is None or row.centre_lat is None:
        row.centre_lng, row.centre_lat = centre
    session.flush()


def by_codes(session: Session, codes: Iterable[str]) -> dict[str, Area]:
    """Areas by code, without boundaries."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = session.scalars(select(AreaRow).where(AreaRow.code.in_(wanted)))
    return {row.code: _area(row, with_boundary=False) for row in rows}


def inside(session: Session, codes: Sequence[str], *, with_boundary: bool = False) -> list[Area]:
    """The areas themselves and everything inside them, by code."""
    here = within(AreaRow.code, map(bounds, codes))
    rows = session.scalars(select(AreaRow).where(here).order_by(AreaRow.code))
    return [_area(row, with_boundary=with_boundary) for row in rows]


def village_page(session: Session, after: str | None, limit: int) -> list[Area]:
    """Villages by code, page by page, without boundaries."""
    where = [AreaRow.level == "village"]
    if after is not None:
        where.append(AreaRow.code > after)
    found = select(AreaRow).where(*where).order_by(AreaRow.code).limit(limit)
    rows = session.scalars(found.options(defer(AreaRow.boundary)))
    return [_area(row, with_boundary=False) for row in rows]


def villages(session: Session) -> list[Area]:
    """Every village, with its boundary where it has one."""
    rows = session.scalars(select(AreaRow).where(AreaRow.level == "village"))
    return [_area(row, with_boundary=True) for row in rows]
