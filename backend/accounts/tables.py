"""Accounts, their areas, devices and sessions. Owned by ``accounts.store``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class AccountRow(Base):
    __tablename__ = "accounts"

    id: Mapped[Id] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    role: Mapped[Code]  # worker, reviewer, supervisor
    password_hash: Mapped[str]
    password_is_one_time: Mapped[bool]
    password_changed_at: Mapped[datetime | None]
    totp_secret_locked: Mapped[bytes | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    created_at: Mapped[datetime]
    first_used_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    last_area_code: Mapped[AreaCode | None]  # by which it is found when it has no area left


class AccountAreaRow(Base):
    """An area whose residents the account may see; everything below it is included."""

    __tablename__ = "account_areas"

    account_id: Mapped[Id] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    area_code: Mapped[AreaCode] = mapped_column(primary_key=True, index=True)


class RecoveryCodeRow(Base):
    __tablename__ = "recovery_codes"

    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[Id] = mapped_column(ForeignKey("accounts.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class EnrolmentCodeRow(Base):
    """A one-time code with which a new phone is enrolled (S14)."""

    __tablename__ = "enrolment_codes"

    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[Id] = mapped_column(ForeignKey("accounts.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_by: Mapped[Id | None]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class DeviceRow(Base):
    """A phone, bound to one account: another doctor on the same phone is another device."""

    __tablename__ = "devices"

    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[Id] = mapped_column(ForeignKey("accounts.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(65))
    name: Mapped[str]
    app_version: Mapped[str | None]
    enrolled_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]


class SessionRow(Base):
    """A refresh family: one row however often the token rotates (docs/decisions/0004-sign-in.md).

    The token of generation ``n`` is derived from the server's secret, this id, ``salt`` and ``n``;
    no token is stored.
    """

    __tablename__ = "sessions"

    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[Id] = mapped_column(ForeignKey("accounts.id"))
    device_id: Mapped[Id | None] = mapped_column(ForeignKey("devices.id"))
    entry: Mapped[Code]  # capture, desk
    salt: Mapped[bytes]
    generation: Mapped[int]
    started_at: Mapped[datetime]
    rotated_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]

    __table_args__ = (Index(None, "account_id", "revoked_at"),)


class LoginThrottleRow(Base):
    """Failed sign-ins, counted by account, by device and by address (S12)."""

    __tablename__ = "login_throttles"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    window_started_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
