"""Webhooks as nouns: who is told, what they were told, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

STORED = "submission.stored"
CORRECTED = "submission.corrected"
DECIDED = "submission.decided"
TEST = "webhook.test"
EVENTS = (STORED, CORRECTED, DECIDED)
"""What can be subscribed to; a test always goes."""

PLANNED = "planned"
DELIVERED = "delivered"
FAILED = "failed"


@dataclass(frozen=True)
class Webhook:
    """An address of another system that is told what happens in an area.

    :param url: public https address, port 443
    :param events: of :data:`EVENTS`
    :param secret: key of the signatures; nothing where only the list is read
    """

    id: str
    area_code: str
    url: str
    events: tuple[str, ...]
    note: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None = None
    ended_why: str | None = None
    secret: bytes | None = None


@dataclass(frozen=True)
class Delivery:
    """One event for one webhook. It is sent until it is taken, or for about a day.

    :param mark: which state of which version it tells, so that nothing is told twice
    :param status: HTTP status of the last answer
    :param detail: why there was none
    """

    id: str
    webhook_id: str
    event: str
    submission_id: str | None
    mark: str
    payload: Mapping[str, Any]
    planned_at: datetime
    state: str = PLANNED
    attempts: int = 0
    due_at: datetime | None = None
    status: int | None = None
    detail: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """How far the change feed was followed."""

    txid: int
    seq: int
