"""Flags, decisions, credibility, sampling audits. Owned by ``review.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


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
    decided_by: Mapped[Id]  # an account, or the policy of :class:`ReviewPolicyRow`
    decided_at: Mapped[datetime]
    batch_id: Mapped[Id | None] = mapped_column(index=True)  # decided together with others


class CredibilityRow(Base):
    """How a worker's visits of the last three months stand; worked out anew by a job."""

    __tablename__ = "credibility"

    worker_id: Mapped[Id] = mapped_column(primary_key=True)
    township_code: Mapped[AreaCode] = mapped_column(index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    mark: Mapped[str]  # of the visits it was worked out from
    profile: Mapped[dict[str, Any]]
    signals: Mapped[list[Any]]  # each with the instant since which it is there
    score: Mapped[int]
    worked_out_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # when the doctor last looked


class CommentRow(Base):
    """What somebody said about a submission, or about a signal of a worker."""

    __tablename__ = "review_comments"

    id: Mapped[Id] = mapped_column(primary_key=True)
    submission_id: Mapped[Id | None] = mapped_column(index=True)
    worker_id: Mapped[Id | None] = mapped_column(index=True)
    kind: Mapped[Code | None]  # of the flag or signal it is about
    text: Mapped[str]
    author_id: Mapped[Id]
    at: Mapped[datetime]


class SavedFilterRow(Base):
    """A filter of the queue that a reviewer gave a name."""

    __tablename__ = "saved_filters"

    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[Id] = mapped_column(index=True)
    name: Mapped[str]
    filter: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class ReviewPolicyRow(Base):
    """An area lets unflagged submissions pass after some days, but for a drawn share."""

    __tablename__ = "review_policies"

    id: Mapped[Id] = mapped_column(primary_key=True)
    area_code: Mapped[AreaCode] = mapped_column(unique=True)
    after_days: Mapped[int]
    sample_percent: Mapped[int]
    set_by: Mapped[Id]
    set_at: Mapped[datetime]


class AuditRow(Base):
    """A sample of residents who are called: did the doctor come?"""

    __tablename__ = "sampling_audits"

    id: Mapped[Id] = mapped_column(primary_key=True)
    area_code: Mapped[AreaCode] = mapped_column(index=True)
    programme: Mapped[Code]
    from_on: Mapped[date]
    to_on: Mapped[date]
    method: Mapped[Code]  # systematic, risk
    seed: Mapped[int]
    frame_size: Mapped[int]
    drawn_by: Mapped[Id]
    drawn_at: Mapped[datetime]


class AuditItemRow(Base):
    """One resident of a sample, and what they said."""

    __tablename__ = "sampling_audit_items"

    id: Mapped[Id] = mapped_column(primary_key=True)
    audit_id: Mapped[Id]
    no: Mapped[int]
    resident_id: Mapped[Id]
    village_code: Mapped[AreaCode]
    submission_id: Mapped[Id]  # the visit that is asked about
    worker_id: Mapped[Id]
    answered_by: Mapped[Code | None]
    agrees: Mapped[Code | None]
    answers: Mapped[dict[str, Any] | None]  # without private ones
    private_locked: Mapped[bytes | None]
    asked_by: Mapped[Id | None]
    asked_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("audit_id", "no"),)
