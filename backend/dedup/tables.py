"""Pairs of residents that may be one person. Owned by ``dedup.store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
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
    weights: Mapped[dict[str, Any]]  # bits by field
    state: Mapped[Code]  # open, merged, kept_apart
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Id | None]

    __table_args__ = (
        UniqueConstraint("resident_id", "other_id"),
        Index(None, "township_code", "state"),
    )


class ResidentKeyRow(Base):
    """A keyed digest under which a resident is found when somebody alike is registered."""

    __tablename__ = "resident_keys"

    digest: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    resident_id: Mapped[Id] = mapped_column(primary_key=True, index=True)


class MergeRow(Base):
    """One resident made part of another, and everything that followed, so that it can be undone."""

    __tablename__ = "merges"

    id: Mapped[Id] = mapped_column(primary_key=True)
    pair_id: Mapped[Id] = mapped_column(index=True)
    loser_id: Mapped[Id] = mapped_column(index=True)
    survivor_id: Mapped[Id] = mapped_column(index=True)
    followed: Mapped[dict[str, Any]]  # what went along: kind -> ids, or what it was before
    merged_at: Mapped[datetime]
    merged_by: Mapped[Id]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[Id | None]
