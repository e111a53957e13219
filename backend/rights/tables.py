"""Requests about residents' own data, and residents taken out of use. Owned by ``rights.store``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class RightsRequestRow(Base):
    """One request; its words may name anybody and are encrypted."""

    __tablename__ = "rights_requests"

    id: Mapped[Id] = mapped_column(primary_key=True)
    resident_id: Mapped[Id] = mapped_column(index=True)
    village_code: Mapped[AreaCode]
    kind: Mapped[Code]  # access, copy, correction, deletion
    asked_by: Mapped[Code]  # self, guardian, agent, kin
    note_locked: Mapped[bytes | None]
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    taken_by: Mapped[Id]
    state: Mapped[Code]  # open, done, refused
    outcome_locked: Mapped[bytes | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[Id | None]

    __table_args__ = (Index(None, "village_code", "state", "due_on"),)


class SealingRow(Base):
    """What named a resident who was taken out of use, locked, until the law's time is over."""

    __tablename__ = "sealings"

    resident_id: Mapped[Id] = mapped_column(primary_key=True)
    village_code: Mapped[AreaCode] = mapped_column(index=True)
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[Id]
    until: Mapped[date | None] = mapped_column(index=True)
    box_locked: Mapped[bytes | None]  # nothing once it is erased
