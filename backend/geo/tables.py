"""Administrative areas. Owned by ``geo.store``."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code


class AreaRow(Base):
    """A county, township or village with its official 12-digit code (codes.md §9)."""

    __tablename__ = "areas"

    code: Mapped[AreaCode] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[Code]  # county, township, village
    parent_code: Mapped[AreaCode | None] = mapped_column(index=True)
    county_code: Mapped[AreaCode] = mapped_column(index=True)
    clinic_name: Mapped[str | None]
    clinic_phone: Mapped[str | None]
    clinic_address: Mapped[str | None]
    centre_lng: Mapped[float | None]
    centre_lat: Mapped[float | None]
    boundary: Mapped[dict[str, Any] | None]  # GeoJSON Polygon or MultiPolygon, WGS-84
    boundary_source: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
