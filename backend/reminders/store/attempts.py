"""Tries, one row each, kept for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kernel.ids import new_id
from backend.reminders.model import ACCEPTED, FAMILY, Attempt, Outcome
from backend.reminders.store.addresses import fingerprint
from backend.reminders.tables import DeliveryAttemptRow, PushSubscriptionRow, ReminderRow

_Row = DeliveryAttemptRow


def record(session: Session, attempt: Attempt) -> None:
    """Write a try down."""
    session.add(
        _Row(
            id=new_id(),
            reminder_id=attempt.reminder_id,
            channel=attempt.channel,
            address_id=attempt.address_id,
            at=attempt.at,
            outcome=attempt.outcome.kind,
            http_status=attempt.outcome.http_status,
            detail=attempt.outcome.detail,
        )
    )
    session.flush()


def of(session: Session, reminder_ids: Iterable[str]) -> dict[str, list[Attempt]]:
    """Reminder -> its tries, oldest first."""
    rows = session.scalars(
        select(_Row).where(_Row.reminder_id.in_(set(reminder_ids))).order_by(_Row.at, _Row.id)
    )
    found: dict[str, list[Attempt]] = {}
    for row in rows:
        found.setdefault(row.reminder_id, []).append(
            Attempt(
                reminder_id=row.reminder_id,
                channel=row.channel,
                address_id=row.address_id,
                at=row.at,
                outcome=Outcome(row.outcome, row.http_status, detail=row.detail),
            )
        )
    return found


def family_told_since(session: Session, endpoint: str, other_than: str, since: datetime) -> bool:
    """Whether this browser took a family's message since then, for whichever child."""
    found = (
        select(_Row.id)
        .join(PushSubscriptionRow, PushSubscriptionRow.id == _Row.address_id)
        .join(ReminderRow, ReminderRow.id == _Row.reminder_id)
        .where(
            PushSubscriptionRow.endpoint_sha256 == fingerprint(endpoint),
            ReminderRow.addressee_kind == FAMILY,
            _Row.reminder_id != other_than,
            _Row.outcome == ACCEPTED,
            _Row.at >= since,
        )
        .limit(1)
    )
    return session.scalar(found) is not None
