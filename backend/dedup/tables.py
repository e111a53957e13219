"""Pairs of residents that may be one person. Owned by ``dedup.store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class DuplicateCandidateRow(Base):
    """A pair, ``resident_id`` < ``other_id``, with the machine's verdict and the staff's."""

    __tablename__ = "duplicate_candidates"

    id: Mapped[Id] = mapped_column(primary_key=True)
    resident_id: Mapped[Id]
    other_id: Mapped[Id] = mapped_column(index=True)
    township_code: Mapped[AreaCode]
    verdict: Mapped[Code]  # same, unsure
    score: Mapped[float]
    explanation: Mapped[dict[str, Any]]
    state: Mapped[Code]  # open, merged, kept_apart
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Id | None]

    __table_args__ = (
        UniqueConstraint("resident_id", "other_id"),
        Index(None, "township_code", "state"),
    )
