"""Sites. Owned by ``sites.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class SiteRow(Base):
    """A school, clinic, food shop, water point: looked after, but nobody is registered there."""

    __tablename__ = "sites"

    id: Mapped[Id] = mapped_column(primary_key=True)
    county_code: Mapped[AreaCode]
    village_code: Mapped[AreaCode]
    name: Mapped[str]
    type: Mapped[Code]
    address: Mapped[str | None]
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    contact_name: Mapped[str | None]
    phone_locked: Mapped[bytes | None]
    registered_on: Mapped[date | None]
    status: Mapped[Code]  # 1 open, 2 closed
    merged_into: Mapped[Id | None]
    details: Mapped[dict[str, Any]]  # the other answers of the form
    source_submission_id: Mapped[Id | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index(None, "village_code", "status"),)
