"""Quality flags and review decisions. Owned by ``review.store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import Base, Code, Id


class QualityFlagRow(Base):
    """A reason to look closer, with its evidence."""

    __tablename__ = "quality_flags"

    id: Mapped[Id] = mapped_column(primary_key=True)
    submission_id: Mapped[Id]
    version_id: Mapped[Id]
    kind: Mapped[Code]
    weight: Mapped[int]
    evidence: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("submission_id", "version_id", "kind"),)


class ReviewDecisionRow(Base):
    """Approved, returned, rejected or voided, by whom and why."""

    __tablename__ = "review_decisions"

    id: Mapped[Id] = mapped_column(primary_key=True)
    submission_id: Mapped[Id] = mapped_column(index=True)
    version_id: Mapped[Id]
    verdict: Mapped[Code]
    fields: Mapped[list[Any]]
    reason: Mapped[str | None]
    decided_by: Mapped[Id]
    decided_at: Mapped[datetime]
