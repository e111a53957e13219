"""Doses given. Owned by ``immunization.store``."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class DoseRow(Base):
    """A dose as recorded; which place it takes in its series is the forecast's to say."""

    __tablename__ = "doses"

    id: Mapped[Id] = mapped_column(primary_key=True)
    resident_id: Mapped[Id]
    village_code: Mapped[AreaCode]
    vaccine: Mapped[Code]  # immunization.md §1
    given_on: Mapped[date]
    written_dose_no: Mapped[int | None]
    source: Mapped[Code | None]  # forms.md §11
    submission_id: Mapped[Id | None] = mapped_column(index=True)

    __table_args__ = (Index(None, "resident_id", "given_on"),)
