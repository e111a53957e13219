"""Follow-up tasks. Owned by ``followups.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id, SubjectId


class TaskRow(Base):
    """A thing due. Upcoming, due and overdue are derived from today and never stored."""

    __tablename__ = "tasks"

    id: Mapped[Id] = mapped_column(primary_key=True)  # derived: subject, service, anchor
    county_code: Mapped[AreaCode]
    village_code: Mapped[AreaCode]
    subject_kind: Mapped[Code]
    subject_id: Mapped[SubjectId]
    household_id: Mapped[Id | None]
    service: Mapped[Code]
    kind: Mapped[Code]  # follow_up, referral_check, visit, check, dose
    anchor: Mapped[str]
    opens: Mapped[date]
    due: Mapped[date]
    closes: Mapped[date]
    expires: Mapped[date | None]  # after this day an open task has failed (missed)
    state: Mapped[Code]  # requested, completed, cancelled, failed
    state_reason: Mapped[Code | None]
    state_on: Mapped[date | None]
    face_to_face: Mapped[bool]
    referral: Mapped[Code]  # none, routine, urgent
    escalation: Mapped[Code]  # E0, E3
    reasons: Mapped[list[Any]]  # [{rule, text}], every rule that fired
    rule_version: Mapped[str | None]  # programme/version that made it
    source_submission_id: Mapped[Id | None] = mapped_column(index=True)
    done_by_submission_id: Mapped[Id | None] = mapped_column(index=True)
    # What the desk or the doctor set aside. No fold knows of it, and none overwrites it.
    postponed_until: Mapped[date | None]
    postponed_reason: Mapped[Code | None]
    postponed_times: Mapped[int] = mapped_column(server_default="0")
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "village_code", "state", "closes"),
        Index(None, "subject_id", "service"),
        Index(None, "state", "closes"),
    )
