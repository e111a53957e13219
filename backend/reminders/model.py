"""Reminders as nouns: a planned nudge, a push address, one try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backend.kernel.holidays import Holiday

WORKER = "worker"
FAMILY = "family"
RESIDENT = "resident"
CHAT = "chat"
"""Kinds of addressee: an account of any role; a child, for whom the caregivers are told; a resident
who is told of the own follow-ups, by SMS alone; the group chat of an area's staff, which is its own
only rung too."""

AT_HOME = (FAMILY, RESIDENT)
"""Addressees with quiet hours and one message a day; how far they are reached is counted."""

ACCOUNT = "account"
FAMILY_LINK = "family_link"
"""Owners of a push address."""

DIGEST = "digest"
URGENT = "urgent"
RETURNED = "returned"
REACTION = "reaction"
WEEKLY = "weekly"
FOLLOWUP = "followup"
"""Kinds of message beside :data:`FAMILY`."""

PLANNED = "planned"
SENT = "sent"
CONFIRMED = "confirmed"
FAILED = "failed"
CANCELLED = "cancelled"
UNREACHABLE = "unreachable"
"""States of a reminder. ``sent``: a push service or gateway took it; ``confirmed``: they were
reached, and we know it; ``unreachable``: only a person can reach them, by telephone or on paper."""

ACCEPTED = "accepted"
MERGED = "merged"
GONE = "gone"
REFUSED = "refused"
THROTTLED = "throttled"
NOT_DELIVERED = "failed"
"""Outcomes of a try. ``merged``: this browser was told today already, for a sister or brother."""

SENDING = "sending"
UNKNOWN = "unknown"
SHOWN = "confirmed"
"""More of them. ``sending``: written before an SMS goes, which must not go twice; ``unknown``: the
gateway never answered; ``confirmed``: the phone, the gateway or the family's own visit says so."""

WEB_PUSH = "web_push"
SMS = "sms"
CALL = "call_list"
SLIP = "slip"
LADDER = (WEB_PUSH, SMS, CALL, SLIP)
"""The rungs for families, from below. A worker is told by the first alone."""

REACHED = "reached"
NO_ANSWER = "no_answer"
WRONG_NUMBER = "wrong_number"
STOP = "stop"
CALL_OUTCOMES = (REACHED, NO_ANSWER, WRONG_NUMBER, STOP)
"""What a call came to. ``stop``: reached, and wants no more reminders."""

HANDED_OVER = "handed_over"
"""What a printed slip came to."""


@dataclass(frozen=True)
class ReminderPlan:
    """A nudge that should exist. Making it twice makes it once.

    :param addressee_id: an account, a child, or a resident
    :param reason: ``digest``, ``vaccination``, ``followup``, ``urgent:<task>``,
        ``returned:<submission>``
    :param occurrence: which one of that reason: a day, an escalation, a version
    :param area_code: whose staff may see it
    :param expires_at: when it is no longer worth sending
    :param message: its kind and the numbers its sentence names; nothing medical, no names
    :param first_rung: where it begins: the call list, for a family that nothing else can reach
    """

    addressee_kind: str
    addressee_id: str
    reason: str
    occurrence: str
    area_code: str
    due_at: datetime
    expires_at: datetime
    message: Mapping[str, Any]
    first_rung: str = field(default=WEB_PUSH, kw_only=True)

    @property
    def kind(self) -> str:
        """``digest``, ``urgent``, ``returned``, ``family`` or ``followup``."""
        return str(self.message["kind"])


@dataclass(frozen=True)
class Reminder(ReminderPlan):
    """A plan as it is kept.

    :param attempts: how often it was taken up on its rung, a crash in the middle included
    :param channel: the rung that reached them
    :param rung: where it stands
    :param climb_at: when it goes on to the next rung unless it is confirmed
    """

    id: str
    state: str
    attempts: int
    channel: str | None = None
    rung: str = WEB_PUSH
    climb_at: datetime | None = None


@dataclass(frozen=True)
class Subscription:
    """A browser's push address.

    :param device_id: the enrolled phone, for an address of a doctor
    :param p256dh: the browser's P-256 point, 65 bytes base64url
    :param auth: 16 bytes base64url, secret
    :param failures: refusals in a row
    :param key_id: the key of ours that it is bound to
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
    key_id: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one try over one channel.

    :param kind: one of the outcomes named above, or what a call came to
    :param retry_at: when the other side asked to be tried again
    :param detail: a short code for the technician, no personal data
    :param cost_fen: what it cost, in hundredths of a yuan
    """

    kind: str
    http_status: int | None = None
    retry_at: datetime | None = None
    detail: str | None = None
    cost_fen: int | None = None


@dataclass(frozen=True)
class Attempt:
    """A try as it is kept.

    :param address_id: the push address
    :param to_digest: keyed digest of the number an SMS went to
    :param made_by: the account that telephoned or brought a slip
    """

    reminder_id: str
    channel: str
    address_id: str | None
    at: datetime
    outcome: Outcome
    to_digest: str | None = None
    made_by: str | None = None


@dataclass(frozen=True)
class PushMessage:
    """What a push carries and the service worker shows (wire.ts).

    :param receipt: what the phone says back once it has shown it
    """

    id: str
    kind: str
    title: str
    body: str
    url: str
    receipt: str = ""


CLOSED = "_closed"
"""What the kind of an SMS ends with that also tells of a holiday."""


@dataclass(frozen=True)
class ShortMessage:
    """What an SMS gateway is given: a registered template and its parameters, never free text."""

    id: str
    to: str
    template: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Reach:
    """How far a rung reaches, over a time.

    :param messages: reminders that were tried on it
    :param reached: of them, those that it reached, and we know it
    :param cost_fen: what its tries cost
    """

    rung: str
    messages: int
    reached: int
    cost_fen: int


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
    """A dose of a forecast that is still to be given.

    :param label: vaccine and number as a doctor says them
    """

    dose_id: str
    due: date
    label: Mapping[str, str] = field(default_factory=dict)
    vaccine: str = ""


@dataclass(frozen=True)
class Closing:
    """A holiday on which the clinic is closed, as a family is told of it.

    :param opens_on: when the child can come again
    """

    first: date
    last: date
    opens_on: date


@dataclass(frozen=True)
class Workload:
    """What waits for a doctor this morning.

    :param holiday: a holiday of several days that comes within a week
    :param before_holiday: tasks whose last day falls into it
    """

    overdue: int = 0
    due: int = 0
    returned: int = 0
    holiday: Holiday | None = None
    before_holiday: int = 0

    @property
    def total(self) -> int:
        """Everything together."""
        return self.overdue + self.due + self.returned
