"""The append-only audit. Owned by ``audit.store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, BigId, Code, Id, Sha256


class AuditRow(Base):
    """Who did what to which object. Personal data never stands in ``detail``.

    Rows are written in the transaction of the change; a sealing job links committed rows into the
    hash chain, so ``previous_hash`` and ``hash`` stay empty until then.
    """

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor_id: Mapped[Id | None]
    actor_kind: Mapped[Code]  # worker, reviewer, supervisor, device, caregiver, system, anonymous
    device_id: Mapped[Id | None]
    action: Mapped[Code]
    object_kind: Mapped[Code]
    object_id: Mapped[str | None] = mapped_column(String(64))
    area_code: Mapped[AreaCode | None]
    detail: Mapped[dict[str, Any]]
    request_id: Mapped[str | None] = mapped_column(String(40))
    previous_hash: Mapped[Sha256 | None]
    hash: Mapped[Sha256 | None]

    __table_args__ = (
        Index(None, "object_kind", "object_id"),
        Index(None, "actor_id", "at"),
        Index(
            "ix_audit_unsealed",
            "seq",
            sqlite_where=text("hash IS NULL"),
            postgresql_where=text("hash IS NULL"),
        ),
    )


class AuditSealRow(Base):
    """Once the sealing job has linked rows, the end of the chain. Two jobs cannot both write the
    next number: so the chain never forks.
    """

    __tablename__ = "audit_seals"

    no: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    rows: Mapped[int]
    head: Mapped[Sha256]
