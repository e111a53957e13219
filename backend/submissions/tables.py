"""Receipts, submissions and their versions, quarantine. Owned by ``submissions.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, desc, false
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id, Sha256, SubjectId


class ReceiptRow(Base):
    """One envelope taken. Exactly-once lives here: inserted first, never partitioned.

    ``seq`` is empty when the device had used the number before (kept in quarantine).
    """

    __tablename__ = "receipts"

    id: Mapped[Id] = mapped_column(primary_key=True)
    device_id: Mapped[Id]
    seq: Mapped[int | None]
    sha256: Mapped[Sha256]
    county_code: Mapped[AreaCode]
    status: Mapped[Code]  # stored, held, quarantined, deleted, invalid
    reason: Mapped[Code | None]
    submission_id: Mapped[Id | None] = mapped_column(index=True)
    summary: Mapped[dict[str, Any]]  # what a replay answers again
    received_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("device_id", "seq"),)


class TurnRow(Base):
    """How often somebody took the turn to write about a household, a resident or a village."""

    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    taken: Mapped[int]
    is_awaited: Mapped[bool] = mapped_column(server_default=false())  # an envelope was held for it


_IN_LINE: tuple[Any, ...] = (desc("priority"), "received_at", "id")
"""The order of the queue; reading it from the index, the first page never sorts the rest."""


class SubmissionRow(Base):
    """A finalised form from a phone, at its newest version.

    The county is fixed at intake and never changes: it is the partition key.
    """

    __tablename__ = "submissions"

    county_code: Mapped[AreaCode] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    township_code: Mapped[AreaCode]
    village_code: Mapped[AreaCode]
    form_key: Mapped[Code]
    form_version: Mapped[int]
    service: Mapped[Code | None]
    subject_kind: Mapped[Code]  # resident, household, area, site
    subject_id: Mapped[SubjectId]
    household_id: Mapped[Id | None]
    worker_id: Mapped[Id]
    device_id: Mapped[Id]
    visit_date: Mapped[date]
    visit_mode: Mapped[Code | None]
    visit_outcome: Mapped[Code | None]
    state: Mapped[Code]  # received, returned, corrected, approved, rejected, voided
    version_id: Mapped[Id]  # the newest version
    version_no: Mapped[int]
    answers: Mapped[dict[str, Any]]  # newest, without private fields
    flag_count: Mapped[int]
    priority: Mapped[int]  # higher is looked at first
    finalised_at: Mapped[datetime]
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_submissions_queue", "township_code", "state", *_IN_LINE),
        Index("ix_submissions_county_queue", "county_code", "state", *_IN_LINE),
        Index(None, "form_key", "visit_date", "village_code", "id"),
        Index(None, "village_code", "received_at"),
        Index(None, "subject_id", "service", "visit_date"),
        Index(None, "household_id", "visit_date"),
        Index(None, "worker_id", "visit_date"),
        Index(None, "id"),
    )


class SubmissionVersionRow(Base):
    """One version: what was signed on the phone, and what the server made of it."""

    __tablename__ = "submission_versions"

    id: Mapped[Id] = mapped_column(primary_key=True)  # the envelope's id
    submission_id: Mapped[Id]
    county_code: Mapped[AreaCode]
    no: Mapped[int]
    base_version_id: Mapped[Id | None]
    form_version: Mapped[int]
    content_locked: Mapped[bytes]  # the signed bytes, encrypted: the evidence
    private_locked: Mapped[bytes | None]  # private answers after merging
    answers: Mapped[dict[str, Any]]  # after merging, without private fields
    computed: Mapped[dict[str, Any]]  # class, rules fired, referral
    violations: Mapped[list[Any]]
    conflicts: Mapped[list[Any]]
    confirmed: Mapped[list[Any]]  # paths of soft warnings the doctor confirmed
    fix: Mapped[dict[str, Any] | None]
    geotag: Mapped[dict[str, Any]]
    seconds: Mapped[float | None]  # from opening the form to finishing it
    device_id: Mapped[Id]
    worker_id: Mapped[Id]
    finalised_at: Mapped[datetime]
    received_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("submission_id", "no"),)


class QuarantineRow(Base):
    """An envelope kept sealed: not understood, out of scope, refused, or waiting for its parent."""

    __tablename__ = "quarantine"

    id: Mapped[Id] = mapped_column(primary_key=True)
    envelope_id: Mapped[Id | None] = mapped_column(index=True)
    sha256: Mapped[Sha256]  # of the envelope as it travelled
    device_id: Mapped[Id | None]
    account_id: Mapped[Id | None]
    county_code: Mapped[AreaCode | None]
    township_code: Mapped[AreaCode | None]
    kind: Mapped[Code]  # quarantined, held, conflict, invalid
    reason: Mapped[Code]
    waits_for: Mapped[Id | None] = mapped_column(index=True)  # held: the missing subject or base
    envelope: Mapped[bytes]  # as it travelled, locked again with the server's data key
    state: Mapped[Code]  # open, applied, dismissed
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("kind", "sha256"), Index(None, "township_code", "state"))
