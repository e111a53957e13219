"""The audit as other rooms use it: a row commits with the change it tells of, or neither does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.audit import store
from backend.audit.model import Actor, AuditEntry, Checked
from backend.audit.rules import BEGINNING, Chain, Sign, linked

SYSTEM = Actor("system")


def record(
    session: Session,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: str | None,
    *,
    area_code: str | None,
    detail: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> None:
    """Write down who did what to which object.

    :param detail: small facts; never personal data, for the audit outlives the person's record
    """
    entry = AuditEntry(
        seq=0,
        at=now,
        actor=actor,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        area_code=area_code,
        detail=detail,
        request_id=request_id,
    )
    record_all(session, [entry])


def record_all(session: Session, entries: Iterable[AuditEntry]) -> None:
    """Write down several things at once, in their order."""
    store.append(session, entries)


def of_object(session: Session, object_kind: str, object_id: str) -> list[AuditEntry]:
    """What was done to an object, oldest first."""
    return store.of_object(session, object_kind, object_id)


def by_actor(session: Session, actor_id: str) -> list[AuditEntry]:
    """What somebody did, oldest first."""
    return store.by_actor(session, actor_id)


def of_action(session: Session, action: str) -> list[AuditEntry]:
    """Everything of one kind that was done, oldest first."""
    return store.of_action(session, action)


def how_often(session: Session, actor_id: str, action: str, since: datetime, enough: int) -> int:
    """How often somebody did something since an instant; counted up to ``enough``."""
    return store.how_often(session, actor_id, action, since, enough)


AT_ONCE = 2000
"""Rows that one sealing links."""


def seal(session: Session, sign: Sign, now: datetime) -> int:
    """Link the next committed rows into the chain; how many. Called again until it says 0.

    :raises sqlalchemy.exc.IntegrityError: another job is sealing; nothing was done
    """
    entries = store.unsealed(session, AT_ONCE)
    if entries:
        no, head = store.last_seal(session) or (0, BEGINNING)
        store.seal(session, no + 1, linked(entries, head, sign), now)
    return len(entries)


def verify(session: Session, sign: Sign, *noted: str) -> Checked:
    """Follow the whole chain.

    :param noted: ends of it that somebody wrote down outside of this database
    """
    chain = Chain(sign, [*store.heads(session), *noted])
    for entry, link in store.everything(session):
        chain.follow(entry, link)
    return chain.end()


def oldest_unsealed(session: Session) -> datetime | None:
    """When the oldest row was written that the sealing job has not met yet."""
    return store.oldest_unsealed(session)


def head(session: Session) -> str:
    """The end of the chain."""
    last = store.last_seal(session)
    return BEGINNING if last is None else last[1]
