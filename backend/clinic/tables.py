"""Clinic days, doses waited for, reaction reports. Owned by ``clinic.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class ClinicDayRow(Base):
    __tablename__ = "clinic_days"

    id: Mapped[Id] = mapped_column(primary_key=True)
    area_code: Mapped[AreaCode]  # whose children come: a village or a whole township
    on: Mapped[date]
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    place: Mapped[str]
    made_by: Mapped[Id]
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("area_code", "on"),)


class WaitingDoseRow(Base):
    """The forecast of last night, for counting over many villages. Lists ask the forecast anew."""

    __tablename__ = "waiting_doses"

    child_id: Mapped[Id] = mapped_column(primary_key=True)
    dose_id: Mapped[Code] = mapped_column(primary_key=True)
    village_code: Mapped[AreaCode]
    vaccine: Mapped[Code]
    due: Mapped[date]
    late_after: Mapped[date]
    planned_on: Mapped[date]

    __table_args__ = (Index(None, "village_code", "due"),)


class ReactionRow(Base):
    """What a caregiver told of a child after a vaccination, and what the clinic answered."""

    __tablename__ = "reactions"

    id: Mapped[Id] = mapped_column(primary_key=True)  # made by the page: told twice, kept once
    child_id: Mapped[Id] = mapped_column(index=True)
    link_id: Mapped[Id] = mapped_column(index=True)
    village_code: Mapped[AreaCode]
    reported_at: Mapped[datetime]
    onset_on: Mapped[date]
    vaccinated_on: Mapped[date | None]
    signs: Mapped[list[Any]]
    note_locked: Mapped[bytes | None]
    phone_locked: Mapped[bytes | None]
    urgent: Mapped[bool]
    state: Mapped[Code]  # open, answered
    answered_by: Mapped[Id | None]
    answered_at: Mapped[datetime | None]
    answer_locked: Mapped[bytes | None]
    action: Mapped[Code | None]  # advised, seen, referred, aefi

    __table_args__ = (Index(None, "village_code", "state"),)
