"""Push addresses. The endpoint and its secret are capabilities and stand encrypted (S39)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.kernel.canonical import sha256_hex
from backend.kernel.db import is_postgresql
from backend.kernel.ids import new_id
from backend.kernel.vault import Vault
from backend.reminders.model import Subscription
from backend.reminders.tables import PushSubscriptionRow

_Row = PushSubscriptionRow


def fingerprint(endpoint: str) -> str:
    """What an address is found by without reading it."""
    return sha256_hex(endpoint.encode())


def _subscription(row: PushSubscriptionRow, vault: Vault) -> Subscription:
    return Subscription(
        id=row.id,
        owner_kind=row.owner_kind,
        owner_id=row.owner_id,
        endpoint=vault.unlock(row.endpoint_locked) or "",
        p256dh=row.p256dh,
        auth=vault.unlock(row.auth_locked) or "",
        language=row.language,
        device_id=row.device_id,
        failures=row.failures,
        key_id=row.key_id,
    )


def save(session: Session, vault: Vault, new: Subscription, now: datetime) -> None:
    """Keep an address; the same owner's same address is renewed, also after it ended."""
    told = {
        "device_id": new.device_id,
        "p256dh": new.p256dh,
        "auth_locked": vault.lock_bytes(new.auth.encode()),
        "language": new.language,
        "key_id": new.key_id,
        "failures": 0,
        "ended_at": None,
        "ended_reason": None,
    }
    insert = (postgresql if is_postgresql(session) else sqlite).insert(_Row)
    session.execute(
        insert.values(
            id=new_id(),
            owner_kind=new.owner_kind,
            owner_id=new.owner_id,
            endpoint_locked=vault.lock_bytes(new.endpoint.encode()),
            endpoint_sha256=fingerprint(new.endpoint),
            created_at=now,
            **told,
        ).on_conflict_do_update(
            index_elements=["owner_kind", "owner_id", "endpoint_sha256"], set_=told
        )
    )


def live(
    session: Session, vault: Vault, owner_kind: str, owner_ids: Iterable[str]
) -> list[Subscription]:
    """Addresses of these owners that have not ended, newest first."""
    rows = session.scalars(
        select(_Row)
        .where(
            _Row.owner_kind == owner_kind,
            _Row.owner_id.in_(set(owner_ids)),
            _Row.ended_at.is_(None),
        )
        .order_by(_Row.created_at.desc(), _Row.id.desc())
    )
    return [_subscription(row, vault) for row in rows]


def owners(session: Session, owner_kind: str) -> set[str]:
    """Everybody of a kind who has a live address."""
    return set(
        session.scalars(
            select(_Row.owner_id).where(_Row.owner_kind == owner_kind, _Row.ended_at.is_(None))
        )
    )


def is_live(session: Session, address_id: str) -> bool:
    """True while an address has not ended."""
    ended = select(_Row.id).where(_Row.id == address_id, _Row.ended_at.is_(None))
    return session.scalar(ended) is not None


def end(
    session: Session,
    reason: str,
    now: datetime,
    *,
    owner: tuple[str, str] | None = None,
    endpoint: str | None = None,
) -> bool:
    """End live addresses; false when there was none.

    :param owner: (kind, id) whose addresses; none means everybody's
    :param endpoint: which address; none means all of the owner's
    """
    where: list[ColumnElement[bool]] = [_Row.ended_at.is_(None)]
    if owner is not None:
        where += [_Row.owner_kind == owner[0], _Row.owner_id == owner[1]]
    if endpoint is not None:
        where.append(_Row.endpoint_sha256 == fingerprint(endpoint))
    if len(where) == 1:
        raise ValueError("that would end every address there is")
    ended = session.execute(
        update(_Row).where(*where).values(ended_at=now, ended_reason=reason).returning(_Row.id)
    )
    return bool(ended.all())


def count_live(session: Session, owner_kind: str, owner_ids: Iterable[str]) -> int:
    """How many live addresses these owners have."""
    return (
        session.scalar(
            select(func.count())
            .select_from(_Row)
            .where(
                _Row.owner_kind == owner_kind,
                _Row.owner_id.in_(set(owner_ids)),
                _Row.ended_at.is_(None),
            )
        )
        or 0
    )


def count_failures(session: Session, address_id: str, failures: int) -> None:
    """Note how many refusals in a row an address has had; 0 after a success."""
    session.execute(update(_Row).where(_Row.id == address_id).values(failures=failures))
