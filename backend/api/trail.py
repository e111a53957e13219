"""Writing the audit from inside a request."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy.orm import Session

from backend.api.house import house
from backend.api.policy import Anonymous, Caller
from backend.audit import service as audit
from backend.audit.model import Actor


def actor(caller: Any) -> Actor:
    """The caller as the audit names it; of a kind we do not know, a caregiver with a link."""
    if isinstance(caller, Actor):
        return caller
    if isinstance(caller, Anonymous):
        return Actor("anonymous")
    if not isinstance(caller, Caller):
        return Actor("caregiver", getattr(caller, "link_id", None))
    kind = caller.role if caller.kind == "account" else caller.kind
    return Actor(kind, caller.account_id, caller.device_id)


def request_id() -> str:
    """Id of this request, named in every answer and every log line."""
    return str(g.request_id)


def record(
    session: Session,
    caller: Any,
    action: str,
    object_kind: str,
    object_id: str | None,
    *,
    area_code: str | None = None,
    **detail: Any,
) -> None:
    """Write down what this request does, in the transaction of the change.

    :param detail: small facts; never personal data
    """
    audit.record(
        session,
        actor(caller),
        action,
        object_kind,
        object_id,
        area_code=area_code,
        detail=detail,
        now=house().clock(),
        request_id=request_id(),
    )


def refused(caller: Any, what: str, object_id: Any) -> None:
    """Write down that somebody asked for what is missing or not theirs (S41, fault 61)."""
    if not isinstance(caller, Caller):
        return
    with house().write() as session:
        record(session, caller, "refused", what, None if object_id is None else str(object_id)[:64])
