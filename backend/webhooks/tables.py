"""Webhooks and what was delivered to them. Owned by ``webhooks.store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id


class WebhookRow(Base):
    """An address of another system. The secret is locked with the server's data key."""

    __tablename__ = "webhooks"

    id: Mapped[Id] = mapped_column(primary_key=True)
    area_code: Mapped[AreaCode] = mapped_column(index=True)
    url: Mapped[str]
    events: Mapped[list[Any]]
    note: Mapped[str]
    secret_locked: Mapped[bytes]
    made_by: Mapped[Id]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[Code | None]


class WebhookDeliveryRow(Base):
    """One event for one webhook, and how its delivery stands."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[Id] = mapped_column(primary_key=True)
    webhook_id: Mapped[Id]
    event: Mapped[Code]
    submission_id: Mapped[Id | None]
    mark: Mapped[str] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]]
    planned_at: Mapped[datetime]
    state: Mapped[Code]  # planned, delivered, failed
    due_at: Mapped[datetime | None]  # while planned; a worker that sends it moves it on
    attempts: Mapped[int]
    status: Mapped[int | None]
    detail: Mapped[Code | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "webhook_id", "planned_at"),
        Index(None, "submission_id"),
        Index(None, "state", "due_at"),
    )


class WebhookPlaceRow(Base):
    """How far the change feed was followed for webhooks. One row, ``id`` is 1."""

    __tablename__ = "webhook_places"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    txid: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
