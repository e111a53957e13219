"""Reminders as nouns: a planned nudge, a push address, one try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

WORKER = "worker"
FAMILY = "family"
"""Kinds of addressee: an account of any role, or a child, for whom the caregivers are told."""

ACCOUNT = "account"
FAMILY_LINK = "family_link"
"""Owners of a push address."""

DIGEST = "digest"
URGENT = "urgent"
RETURNED = "returned"
"""Kinds of message beside :data:`FAMILY`."""

PLANNED = "planned"
SENT = "sent"
CONFIRMED = "confirmed"
FAILED = "failed"
CANCELLED = "cancelled"
UNREACHABLE = "unreachable"
"""States of a reminder. ``sent``: a push service took it; ``confirmed``: the phone said so."""

ACCEPTED = "accepted"
MERGED = "merged"
GONE = "gone"
REFUSED = "refused"
THROTTLED = "throttled"
NOT_DELIVERED = "failed"
"""Outcomes of a try. ``merged``: this browser was told today already, for a sister or brother."""

WEB_PUSH = "web_push"
"""The first rung of the ladder, and so far the only one."""


@dataclass(frozen=True)
class ReminderPlan:
    """A nudge that should exist. Making it twice makes it once.

    :param addressee_id: an account, or a child
    :param reason: ``digest``, ``vaccination``, ``urgent:<task>``, ``returned:<submission>``
    :param occurrence: which one of that reason: a day, an escalation, a version
    :param area_code: whose staff may see it
    :param expires_at: when it is no longer worth sending
    :param message: its kind and the numbers its sentence names; nothing medical, no names
    """

    addressee_kind: str
    addressee_id: str
    reason: str
    occurrence: str
    area_code: str
    due_at: datetime
    expires_at: datetime
    message: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """``digest``, ``urgent``, ``returned`` or ``family``."""
        return str(self.message["kind"])


@dataclass(frozen=True)
class Reminder(ReminderPlan):
    """A plan as it is kept.

    :param attempts: how often it was taken up, a crash in the middle included
    """

    id: str
    state: str
    attempts: int
    channel: str | None = None


@dataclass(frozen=True)
class Subscription:
    """A browser's push address.

    :param device_id: the enrolled phone, for an address of a doctor
    :param p256dh: the browser's P-256 point, 65 bytes base64url
    :param auth: 16 bytes base64url, secret
    :param failures: refusals in a row
    """

    id: str
    owner_kind: str
    owner_id: str
    endpoint: str
    p256dh: str
    auth: str
    language: str
    device_id: str | None = None
    failures: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of one try over one channel.

    :param kind: accepted, merged, gone, refused, throttled, failed
    :param retry_at: when the other side asked to be tried again
    :param detail: a short code for the technician, no personal data
    """

    kind: str
    http_status: int | None = None
    retry_at: datetime | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Attempt:
    """A try as it is kept."""

    reminder_id: str
    channel: str
    address_id: str | None
    at: datetime
    outcome: Outcome


@dataclass(frozen=True)
class PushMessage:
    """What a push carries and the service worker shows (wire.ts)."""

    id: str
    kind: str
    title: str
    body: str
    url: str


@dataclass(frozen=True)
class Handling:
    """How the push service is asked to treat a message (RFC 8030 §5).

    :param ttl_s: how long it is worth delivering
    :param urgency: ``high`` wakes a sleeping phone
    :param topic: a newer message of the same topic replaces an undelivered one
    """

    ttl_s: int
    urgency: str
    topic: str


@dataclass(frozen=True)
class DueDose:
    """A dose of a forecast that is still to be given."""

    dose_id: str
    due: date


@dataclass(frozen=True)
class Workload:
    """What waits for a doctor this morning."""

    overdue: int = 0
    due: int = 0
    returned: int = 0

    @property
    def total(self) -> int:
        """Everything together."""
        return self.overdue + self.due + self.returned
