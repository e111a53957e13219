"""Enrolments and policies. Owned by ``programmes.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class EnrolmentRow(Base):
    """A resident's membership of a programme; ``until`` is empty while it lasts."""

    __tablename__ = "enrolments"

    id: Mapped[Id] = mapped_column(primary_key=True)
    resident_id: Mapped[Id]
    village_code: Mapped[AreaCode]
    programme: Mapped[Code]
    grade: Mapped[Code | None]
    since: Mapped[date]
    until: Mapped[date | None]
    left_reason: Mapped[Code | None]
    source_submission_id: Mapped[Id | None]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "resident_id", "programme"),
        Index(None, "village_code", "programme"),
    )


class PolicyRow(Base):
    """Parameters of a programme that an area sets for a period (cadence, targets, limits)."""

    __tablename__ = "policies"

    id: Mapped[Id] = mapped_column(primary_key=True)
    programme: Mapped[Code]
    area_code: Mapped[AreaCode] = mapped_column(index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    parameters: Mapped[dict[str, Any]]
