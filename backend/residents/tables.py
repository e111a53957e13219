"""Residents, households, consents and caregivers' links. Owned by ``residents.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id, Sha256


class HouseholdRow(Base):
    __tablename__ = "households"

    id: Mapped[Id] = mapped_column(primary_key=True)
    county_code: Mapped[AreaCode]
    village_code: Mapped[AreaCode]
    no: Mapped[str] = mapped_column(String(40))
    address: Mapped[str]
    group_name: Mapped[str | None]
    head_name: Mapped[str]
    phone_locked: Mapped[bytes | None]
    phone_digest: Mapped[Sha256 | None]
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    responsible_worker_id: Mapped[Id | None]
    status: Mapped[Code]  # forms.md §1.1: 1 registered, 2 away, 3 moved out, 4 closed
    details: Mapped[dict[str, Any]]  # the other answers of the form
    source_submission_id: Mapped[Id | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "village_code", "status"),
        Index(None, "village_code", "no"),
    )


class ResidentRow(Base):
    __tablename__ = "residents"

    id: Mapped[Id] = mapped_column(primary_key=True)
    county_code: Mapped[AreaCode]
    village_code: Mapped[AreaCode]
    household_id: Mapped[Id | None] = mapped_column(index=True)
    relation_to_head: Mapped[Code | None]  # GB/T 4761
    name: Mapped[str]
    pinyin: Mapped[str]  # 'zhang san', for search
    initials: Mapped[str]  # 'zs'
    sex: Mapped[Code]  # GB/T 2261.1
    birth_date: Mapped[date]
    id_type: Mapped[Code | None]
    id_no_locked: Mapped[bytes | None]
    id_no_digest: Mapped[Sha256 | None]
    id_no_tail: Mapped[str | None] = mapped_column(String(4))
    phone_locked: Mapped[bytes | None]
    phone_digest: Mapped[Sha256 | None]
    phone_tail: Mapped[str | None] = mapped_column(String(4))
    contact_name: Mapped[str | None]
    contact_phone_locked: Mapped[bytes | None]
    mother_id: Mapped[Id | None] = mapped_column(index=True)
    # the delivery notice that brought a newborn into the register
    origin_submission_id: Mapped[Id | None] = mapped_column(index=True)
    status: Mapped[Code]  # forms.md §2: 1 active, 2 moved out, 3 lost, 4 died, 9 closed
    status_on: Mapped[date | None]
    merged_into: Mapped[Id | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]]
    source_submission_id: Mapped[Id | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "id_no_digest"),
        Index(None, "village_code", "birth_date", "name"),
        Index(None, "village_code", "status"),
        Index(None, "phone_digest"),
    )


class ConsentRow(Base):
    """Consent by person and purpose (PIPL 14, 29, 31); a withdrawal works at once."""

    __tablename__ = "consents"

    id: Mapped[Id] = mapped_column(primary_key=True)
    resident_id: Mapped[Id] = mapped_column(index=True)
    purpose: Mapped[Code]  # vaccination_reminder, vaccination_sms, followup_sms
    given_by: Mapped[str]  # self, guardian
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class FamilyLinkRow(Base):
    """A caregiver's key to one child's vaccine plan; only its digest is known here."""

    __tablename__ = "family_links"

    id: Mapped[Id] = mapped_column(primary_key=True)
    child_id: Mapped[Id] = mapped_column(index=True)
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    source_submission_id: Mapped[Id | None]
    made_by: Mapped[Id]
    made_at: Mapped[datetime]
    expires_on: Mapped[date]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # the calendar feed that hangs on the link: a key of its own, since its address is no secret
    feed_sha256: Mapped[Sha256 | None] = mapped_column(unique=True)
    feed_tells: Mapped[Code | None]  # dates, vaccines
    feed_language: Mapped[Code | None]
