"""Push subscriptions, reminders, delivery attempts. Owned by ``reminders.store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id, Sha256


class PushSubscriptionRow(Base):
    """A browser's push address, of an account or of a caregiver's link.

    A browser has one address for all that subscribe in it (a doctor who shows a mother her page,
    two children of one mother), so it is unique only together with its owner.
    """

    __tablename__ = "push_subscriptions"

    id: Mapped[Id] = mapped_column(primary_key=True)
    owner_kind: Mapped[Code]  # account, family_link
    owner_id: Mapped[Id]
    device_id: Mapped[Id | None]  # the enrolled phone, of a doctor's address
    endpoint_locked: Mapped[bytes]
    endpoint_sha256: Mapped[Sha256]
    p256dh: Mapped[str]
    auth_locked: Mapped[bytes]
    language: Mapped[Code]
    key_id: Mapped[Code] = mapped_column(server_default="")  # the key of ours it is bound to
    created_at: Mapped[datetime]
    failures: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[Code | None]

    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id", "endpoint_sha256"),
        Index(None, "endpoint_sha256"),
    )


class ReminderRow(Base):
    """A planned nudge. Unique per addressee, reason and occurrence: it can be made only once."""

    __tablename__ = "reminders"

    id: Mapped[Id] = mapped_column(primary_key=True)
    addressee_kind: Mapped[Code]  # worker, family, resident, chat
    addressee_id: Mapped[Id]  # account, child, or resident
    reason: Mapped[str]  # digest, vaccination, followup, urgent:<task>, ...
    occurrence: Mapped[str]  # a day, 'E3', or a version
    area_code: Mapped[AreaCode]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # not worth sending any more
    message: Mapped[dict[str, Any]]  # its kind and numbers; the sentence is made at sending
    state: Mapped[Code]  # planned, sent, confirmed, failed, cancelled, unreachable
    rung: Mapped[Code] = mapped_column(server_default="web_push")  # where it stands
    channel: Mapped[Code | None]  # the rung that reached them
    climb_at: Mapped[datetime | None] = mapped_column(index=True)  # next rung unless confirmed
    attempts: Mapped[int]
    lease_until: Mapped[datetime | None]  # not to be taken up before: at work, or resting
    leased_by: Mapped[str | None]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("addressee_kind", "addressee_id", "reason", "occurrence"),
        Index("ix_reminders_state_due_at", "state", "due_at", "id"),
        Index(None, "rung", "area_code"),
    )


class DeliveryAttemptRow(Base):
    """One try over one channel."""

    __tablename__ = "delivery_attempts"

    id: Mapped[Id] = mapped_column(primary_key=True)
    reminder_id: Mapped[Id] = mapped_column(index=True)
    channel: Mapped[Code]
    address_id: Mapped[Id | None]
    at: Mapped[datetime]
    outcome: Mapped[Code]  # Outcome.kind, and what a call came to
    http_status: Mapped[int | None]
    detail: Mapped[str | None]
    to_digest: Mapped[Sha256 | None]  # keyed, of the number an SMS went to
    cost_fen: Mapped[int | None]
    made_by: Mapped[Id | None]  # the account that telephoned or brought a slip

    __table_args__ = (Index(None, "to_digest", "at"), Index(None, "address_id", "at"))
