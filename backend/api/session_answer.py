"""What a page gets when it is signed in: access token, account, needs, and the refresh cookie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.model import Account, Entry, Standing
from backend.accounts.rules.sessions import LIMITS
from backend.accounts.service.sessions import Opened
from backend.api import tokens
from backend.api.routing import Answer
from backend.geo import service as geo
from backend.kernel.errors import Refusal

Cookie = tuple[str, Mapping[str, Any]]


def account_body(account: Account, areas: Mapping[str, Any]) -> dict[str, Any]:
    """An account as it travels; ``areas`` are geo's areas by code."""
    return {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "role": account.role,
        "areas": [areas[code] for code in account.areas if code in areas],
    }


def session_body(
    session: Session, standing: Standing, now: datetime, enrolment_code: str | None = None
) -> dict[str, Any]:
    """A session as it travels."""
    areas = geo.names(session, standing.account.areas)
    body: dict[str, Any] = {
        "access_token": tokens.make(standing, now),
        "expires_in": int(tokens.LIFETIME.total_seconds()),
        "account": account_body(standing.account, areas),
        "needs": list(standing.needs),
    }
    if enrolment_code is not None:
        body["enrolment_code"] = enrolment_code
    return body


def session_answer(
    session: Session, opened: Opened, now: datetime, enrolment_code: str | None = None
) -> Answer:
    """A whole answer with its cookie.

    :raises Refusal: ``session_ended`` when the account was disabled in the meantime
    """
    standing = standing_of(session, opened.session_id)
    return Answer(
        session_body(session, standing, now, enrolment_code),
        cookies=(cookie(standing.entry, opened.refresh_token),),
    )


def standing_of(session: Session, session_id: str) -> Standing:
    """The session's standing.

    :raises Refusal: ``session_ended``
    """
    standing = accounts.standing(session, session_id)
    if standing is None:
        raise Refusal("session_ended")
    return standing


def cookie_name(entry: Entry) -> str:
    """One cookie an entry, so that a doctor's and a reviewer's page do not end each other."""
    return f"__Host-rt-{entry}"


def cookie(entry: Entry, token: str | None) -> Cookie:
    """The refresh cookie, or with no token its removal (S16)."""
    age = 0 if token is None else int(LIMITS[entry].absolute.total_seconds())
    options = {
        "key": cookie_name(entry),
        "max_age": age,
        "path": "/",
        "secure": True,
        "httponly": True,
        "samesite": "Strict",
    }
    return (token or "", options)
