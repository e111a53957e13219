"""Rosters that were brought in. Owned by ``rosters.store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Id


class RosterRow(Base):
    """One roster, with the ids of what it brought: its undo takes exactly these."""

    __tablename__ = "rosters"

    id: Mapped[Id] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(Text)
    area_code: Mapped[AreaCode] = mapped_column(index=True)
    residents: Mapped[list[Any]]
    households: Mapped[list[Any]]
    left_out: Mapped[int]
    taken_by: Mapped[Id]
    taken_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[Id | None]
