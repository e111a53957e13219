"""Accounts of others, for staff: listing, forgotten passwords, ending sessions (S10)."""

from __future__ import annotations

import secrets
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.model import Account
from backend.accounts.rules import access
from backend.accounts.service import administration, sessions
from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.session_answer import account_body
from backend.api.wire.accounts import Accounts, OneTimePassword
from backend.geo import service as geo
from backend.kernel.errors import Refusal

blueprint = APIBlueprint("accounts", __name__)


def staff_over(
    session: Session, caller: Caller, account_id: str, *, to_stop: bool = False
) -> Account:
    """Another's account, when the caller may give it codes or, ``to_stop``, shut it out.

    :raises Refusal: ``not_found``, also when it is out of reach (S04)
    """
    account = accounts.account(session, account_id)
    if account is None:
        raise Refusal("not_found")
    seen = [caller.sees(code) for code in account.areas]
    if to_stop:
        allowed = access.may_stop(caller.role, account.role, some_area_covered=any(seen))
    else:
        allowed = access.may_issue_codes(
            caller.role, account.role, all_areas_covered=bool(seen) and all(seen)
        )
    if not allowed:
        raise Refusal("not_found")
    return account


def covered(caller: Caller, account: Account) -> str | None:
    """One of the account's areas that the caller sees, for the audit."""
    return next((code for code in account.areas if caller.sees(code)), None)


@route(blueprint, "GET", "/accounts", policy=signed_in("reviewer", "supervisor"), output=Accounts)
def list_accounts(caller: Caller) -> dict[str, Any]:
    """Accounts that work in the caller's areas."""
    with house().read() as session:
        found = accounts.accounts_in(session, caller.ranges())
        areas = geo.names(session, [code for account in found for code in account.areas])
        seen = accounts.last_seen(session, [account.id for account in found])
    return {
        "items": [
            {**account_body(account, areas), "last_seen_at": seen.get(account.id)}
            for account in found
        ]
    }


@route(
    blueprint,
    "POST",
    "/accounts/<id:account_id>/one-time-password",
    policy=signed_in("reviewer", "supervisor"),
    output=OneTimePassword,
    status=201,
)
def issue_one_time_password(caller: Caller, account_id: str) -> dict[str, Any]:
    """Replace a forgotten password; shown once, good for a week, ends every session."""
    here = house()
    with here.write() as session:
        account = staff_over(session, caller, account_id)
        password = administration.issue_one_time_password(
            session, account.id, random=secrets.token_bytes(16), now=here.clock()
        )
        trail.record(
            session,
            caller,
            "one_time_password_issued",
            "account",
            account.id,
            area_code=covered(caller, account),
        )
    return {"login": account.login, "password": password}


@route(
    blueprint,
    "DELETE",
    "/accounts/<id:account_id>/sessions",
    policy=signed_in("reviewer", "supervisor"),
)
def end_sessions(caller: Caller, account_id: str) -> None:
    """Sign an account out everywhere."""
    here = house()
    with here.write() as session:
        account = staff_over(session, caller, account_id, to_stop=True)
        ended = sessions.end_all(session, account.id, "ended_by_staff", here.clock())
        trail.record(
            session,
            caller,
            "sessions_ended",
            "account",
            account.id,
            area_code=covered(caller, account),
            ended=ended,
        )
