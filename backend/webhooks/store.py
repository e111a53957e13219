"""Queries on webhooks, their deliveries, and the place in the feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.geo.rules import bounds
from backend.kernel.among import among
from backend.kernel.areas import within
from backend.kernel.db import table_of
from backend.kernel.vault import Vault
from backend.webhooks.model import FAILED, PLANNED, Delivery, Place, Webhook
from backend.webhooks.tables import WebhookDeliveryRow, WebhookPlaceRow, WebhookRow

_ID = 1
_DELIVERY = table_of(WebhookDeliveryRow)
_DELIVERY_NAMES = tuple(Delivery.__dataclass_fields__)


def _webhook(row: WebhookRow, vault: Vault | None = None) -> Webhook:
    return Webhook(
        id=row.id,
        area_code=row.area_code,
        url=row.url,
        events=tuple(row.events),
        note=row.note,
        made_by=row.made_by,
        made_at=row.made_at,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        secret=None if vault is None else vault.unlock_bytes(row.secret_locked),
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in _DELIVERY_NAMES})


def add(session: Session, vault: Vault, webhook: Webhook, secret: bytes) -> None:
    """Keep a new webhook."""
    session.add(
        WebhookRow(
            id=webhook.id,
            area_code=webhook.area_code,
            url=webhook.url,
            events=list(webhook.events),
            note=webhook.note,
            secret_locked=vault.lock_bytes(secret),
            made_by=webhook.made_by,
            made_at=webhook.made_at,
        )
    )
    session.flush()


def by_id(session: Session, webhook_id: str) -> Webhook | None:
    """A webhook, ended ones included."""
    row = session.get(WebhookRow, webhook_id, populate_existing=True)
    return None if row is None else _webhook(row)


def inside(session: Session, areas: Sequence[str]) -> list[Webhook]:
    """Webhooks of areas inside these, the newest first, ended ones included."""
    row = WebhookRow
    rows = session.scalars(
        select(row).where(within(row.area_code, map(bounds, areas))).order_by(row.made_at.desc())
    )
    return [_webhook(one) for one in rows]


def live(session: Session) -> list[Webhook]:
    """Every webhook that is told something."""
    rows = session.scalars(select(WebhookRow).where(WebhookRow.ended_at.is_(None)))
    return [_webhook(row) for row in rows]


def with_secrets(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Webhook]:
    """Webhooks by id, with the key of their signatures."""
    rows = session.scalars(select(WebhookRow).where(WebhookRow.id.in_(set(ids))))
    return {row.id: _webhook(row, vault) for row in rows}


def end(session: Session, webhook_id: str, why: str, now: datetime) -> None:
    """Nothing goes to this webhook any more; what still waited has failed."""
    session.execute(
        update(WebhookRow)
        .where(WebhookRow.id == webhook_id, WebhookRow.ended_at.is_(None))
        .values(ended_at=now, ended_why=why)
    )
    session.execute(
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.webhook_id == webhook_id, WebhookDeliveryRow.state == PLANNED)
        .values(state=FAILED, due_at=None, settled_at=now, detail="ended")
    )


def place(session: Session) -> Place | None:
    """How far the feed was followed; nothing before the first webhook."""
    row = session.get(WebhookPlaceRow, _ID, populate_existing=True)
    return None if row is None else Place(row.txid, row.seq)


def begin(session: Session, txid: int, seq: int) -> None:
    """Follow the feed from here on."""
    session.merge(WebhookPlaceRow(id=_ID, txid=txid, seq=seq))
    session.flush()


def move(session: Session, seen: Place, txid: int, seq: int) -> bool:
    """Move on from what was seen; false when another worker has moved on meanwhile."""
    row = WebhookPlaceRow
    moved = session.execute(
        update(row)
        .where(row.id == _ID, row.txid == seen.txid, row.seq == seen.seq)
        .values(txid=txid, seq=seq)
        .returning(row.id)
    )
    return moved.first() is not None


def told(session: Session, submission_ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """(Webhook, submission) -> mark of the last event."""
    row = _DELIVERY.c
    found = session.execute(
        select(row.webhook_id, row.submission_id, row.mark)
        .where(among(row.submission_id, "ids"))
        .order_by(row.planned_at, row.id),
        {"ids": list(set(submission_ids))},
    )
    return {(webhook, submission): mark for webhook, submission, mark in found}


def plan(session: Session, deliveries: Iterable[Delivery]) -> None:
    """Keep deliveries that are to be made."""
    rows = [{name: getattr(one, name) for name in _DELIVERY_NAMES} for one in deliveries]
    if rows:
        session.execute(insert(_DELIVERY), rows)


def claim(session: Session, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
    """Take up what is due for a while, so that nobody else does; the try is counted."""
    row = WebhookDeliveryRow
    ids = session.scalars(
        select(row.id)
        .where(row.state == PLANNED, row.due_at <= now)
        .order_by(row.due_at, row.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not ids:
        return []
    rows = session.scalars(
        update(row)
        .where(row.id.in_(ids))
        .values(due_at=now + lease, attempts=row.attempts + 1)
        .returning(row)
        .execution_options(populate_existing=True)
    )
    return sorted(map(_delivery, rows), key=lambda one: (one.planned_at, one.id))


def change(session: Session, delivery_id: str, attempts: int, **values: Any) -> None:
    """Write down what came of a try, unless somebody has begun another one since."""
    row = WebhookDeliveryRow
    session.execute(
        update(row)
        .where(row.id == delivery_id, row.attempts == attempts, row.state == PLANNED)
        .values(**values)
    )


def put_off(session: Session, webhook_id: str, untried: Iterable[str], until: datetime) -> None:
    """Let everything that waits for a webhook rest: one try tells whether it answers again.

    :param untried: ids that were taken up with the one that failed; theirs was no try
    """
    row = WebhookDeliveryRow
    waiting = update(row).where(row.webhook_id == webhook_id, row.state == PLANNED)
    ids = list(untried)
    session.execute(waiting.where(row.id.in_(ids)).values(due_at=until, attempts=row.attempts - 1))
    session.execute(waiting.where(row.due_at < until, row.id.not_in(ids)).values(due_at=until))


def expire(session: Session, before: datetime, now: datetime) -> None:
    """What was planned before an instant and never taken has failed."""
    row = WebhookDeliveryRow
    session.execute(
        update(row)
        .where(row.state == PLANNED, row.planned_at < before)
        .values(state=FAILED, due_at=None, settled_at=now)
    )


def delivery(session: Session, delivery_id: str) -> Delivery | None:
    """A delivery by id."""
    row = session.get(WebhookDeliveryRow, delivery_id, populate_existing=True)
    return None if row is None else _delivery(row)


def again(session: Session, delivery_id: str, now: datetime) -> None:
    """Make a delivery once more, from the first try on."""
    session.execute(
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.id == delivery_id)
        .values(state=PLANNED, due_at=now, attempts=0, settled_at=None)
    )


def latest(session: Session, webhook_id: str, limit: int) -> list[Delivery]:
    """The last deliveries of a webhook, the newest first."""
    row = WebhookDeliveryRow
    rows = session.scalars(
        select(row)
        .where(row.webhook_id == webhook_id)
        .order_by(row.planned_at.desc(), row.id.desc())
        .limit(limit)
    )
    return [_delivery(one) for one in rows]


def standing(session: Session, webhook_ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """(Webhook, state) -> how many deliveries of the kept ones."""
    row = WebhookDeliveryRow
    found = session.execute(
        select(row.webhook_id, row.state, func.count())
        .where(row.webhook_id.in_(set(webhook_ids)))
        .group_by(row.webhook_id, row.state)
    )
    return {(webhook, state): count for webhook, state, count in found}


def forget(session: Session, before: datetime) -> None:
    """Remove settled deliveries that were planned before an instant."""
    row = WebhookDeliveryRow
    session.execute(delete(row).where(and_(row.state != PLANNED, row.planned_at < before)))
