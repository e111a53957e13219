"""Tries, one row each, kept for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.kernel.ids import new_id
from backend.reminders.model import ACCEPTED, AT_HOME, FAMILY, SENDING, UNKNOWN, Attempt, Outcome
from backend.reminders.tables import DeliveryAttemptRow, PushSubscriptionRow, ReminderRow

_Row = DeliveryAttemptRow


def record(session: Session, attempt: Attempt) -> str:
    """Write a try down; its id."""
    (made,) = record_all(session, [attempt])
    return made


def record_all(session: Session, tried: Sequence[Attempt]) -> list[str]:
    """Write tries down in one statement; their ids, in the same order."""
    ids = [new_id() for _ in tried]
    rows = [
        {
            "id": one_id,
            "reminder_id": one.reminder_id,
            "channel": one.channel,
            "address_id": one.address_id,
            "at": one.at,
            "outcome": one.outcome.kind,
            "http_status": one.outcome.http_status,
            "detail": one.outcome.detail,
            "to_digest": one.to_digest,
            "cost_fen": one.outcome.cost_fen,
            "made_by": one.made_by,
        }
        for one_id, one in zip(ids, tried, strict=True)
    ]
    if rows:
        session.execute(insert(_Row), rows)
    return ids


def finish(session: Session, attempt_id: str, outcome: Outcome) -> None:
    """Write what became of a try that was written down before it was made."""
    session.execute(
        update(_Row)
        .where(_Row.id == attempt_id)
        .values(
            outcome=outcome.kind,
            http_status=outcome.http_status,
            detail=outcome.detail,
            cost_fen=outcome.cost_fen,
        )
    )


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
                outcome=Outcome(
                    row.outcome, row.http_status, detail=row.detail, cost_fen=row.cost_fen
                ),
                to_digest=row.to_digest,
                made_by=row.made_by,
            )
        )
    return found


def browsers_told(
    session: Session, fingerprints: Iterable[str], since: datetime
) -> dict[str, set[str]]:
    """Browser -> the families' messages it took since then, for whichever child."""
    rows = session.execute(
        select(PushSubscriptionRow.endpoint_sha256, _Row.reminder_id)
        .join(PushSubscriptionRow, PushSubscriptionRow.id == _Row.address_id)
        .join(ReminderRow, ReminderRow.id == _Row.reminder_id)
        .where(
            PushSubscriptionRow.endpoint_sha256.in_(set(fingerprints)),
            ReminderRow.addressee_kind == FAMILY,
            _Row.outcome == ACCEPTED,
            _Row.at >= since,
        )
    )
    return _grouped(rows)


def numbers_told(session: Session, digests: Iterable[str], since: datetime) -> dict[str, set[str]]:
    """Number -> the messages that went to it since then, or may have."""
    rows = session.execute(
        select(_Row.to_digest, _Row.reminder_id).where(
            _Row.to_digest.in_(set(digests)),
            _Row.outcome.in_((ACCEPTED, SENDING, UNKNOWN)),
            _Row.at >= since,
        )
    )
    return _grouped(rows)


def kinds_told(session: Session, digest: str, since: datetime, besides: str) -> set[str]:
    """Kinds of addressee whose messages went to a number since then, or may have.

    :param besides: a reminder that does not count
    """
    return set(
        session.scalars(
            select(ReminderRow.addressee_kind)
            .join(_Row, _Row.reminder_id == ReminderRow.id)
            .where(
                _Row.to_digest == digest,
                _Row.outcome.in_((ACCEPTED, SENDING, UNKNOWN)),
                _Row.at >= since,
                ReminderRow.id != besides,
            )
        )
    )


def texted(session: Session, to_digest: str) -> list[tuple[str, str]]:
    """(Kind, id) of the addressees about whom a number was ever sent a message."""
    rows = session.execute(
        select(ReminderRow.addressee_kind, ReminderRow.addressee_id)
        .join(_Row, _Row.reminder_id == ReminderRow.id)
        .where(_Row.to_digest == to_digest, ReminderRow.addressee_kind.in_(AT_HOME))
        .distinct()
    )
    return [(kind, addressee) for kind, addressee in rows]


def _grouped(rows: Iterable[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, reminder_id in rows:
        found.setdefault(key, set()).add(reminder_id)
    return found
