"""Accounts of others, for staff: making, switching off and on, giving a village, forgotten
passwords, ending sessions (S10). A township does it for its doctors, a county for reviewers too.
"""

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
from backend.api.wire.accounts import (
    AccountMade,
    AccountRequest,
    Accounts,
    AreaGiven,
    OneTimePassword,
    Reason,
)
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
    seen = [caller.sees(code) for code in account.known_in]
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
    return next((code for code in account.known_in if caller.sees(code)), None)


@route(blueprint, "GET", "/accounts", policy=signed_in("reviewer", "supervisor"), output=Accounts)
def list_accounts(caller: Caller) -> dict[str, Any]:
    """Accounts that work in the caller's areas."""
    with house().read() as session:
        found = accounts.accounts_in(session, caller.ranges())
        areas = geo.names(session, [code for account in found for code in account.areas])
        seen = accounts.last_seen(session, [account.id for account in found])
    return {
        "items": [
            {
                **account_body(account, areas),
                "last_seen_at": seen.get(account.id),
                "disabled_at": account.disabled_at,
            }
            for account in found
        ]
    }


@route(
    blueprint,
    "POST",
    "/accounts",
    policy=signed_in("reviewer", "supervisor"),
    body=AccountRequest,
    output=AccountMade,
    status=201,
)
def make_account(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Make a doctor's or a reviewer's account; its one-time password is shown once."""
    here, codes = house(), sorted(set(body["areas"]))
    with here.write() as session:
        found = geo.names(session, codes)
        levels = [found[code].level if code in found else "" for code in codes]
        seen = all(caller.sees(code) for code in codes)
        if not access.may_make(caller.role, body["role"], levels, all_areas_covered=seen):
            raise Refusal("not_found")
        made, password = administration.create(
            session,
            body["login"],
            body["name"].strip(),
            body["role"],
            codes,
            random=secrets.token_bytes(16),
            now=here.clock(),
        )
        trail.record(
            session, caller, "account_created", "account", made.id,
            area_code=codes[0], role=made.role, areas=codes,
        )  # fmt: skip
    return {"id": made.id, "login": made.login, "password": password}


@route(
    blueprint,
    "POST",
    "/accounts/<id:account_id>/areas",
    policy=signed_in("reviewer", "supervisor"),
    body=AreaGiven,
)
def give_area(caller: Caller, account_id: str, body: dict[str, Any]) -> None:
    """Give a doctor a village, or a reviewer a township, beside those they have."""
    code = body["area"]
    with house().write() as session:
        account = staff_over(session, caller, account_id)
        found = geo.names(session, [code])
        levels = [found[code].level if code in found else ""]
        seen = caller.sees(code)
        if not access.may_make(caller.role, account.role, levels, all_areas_covered=seen):
            raise Refusal("not_found")
        administration.set_areas(session, account.id, sorted({*account.areas, code}))
        trail.record(session, caller, "area_given", "account", account.id, area_code=code)


@route(
    blueprint,
    "POST",
    "/accounts/<id:account_id>/disable",
    policy=signed_in("reviewer", "supervisor"),
    body=Reason,
)
def disable_account(caller: Caller, account_id: str, body: dict[str, Any]) -> None:
    """Switch an account off: no sign-in, no reads; what its phones still send is kept."""
    here = house()
    with here.write() as session:
        account = staff_over(session, caller, account_id, to_stop=True)
        administration.disable(session, account.id, here.clock())
        _switched(session, caller, "account_disabled", account, body["reason"])


@route(
    blueprint,
    "POST",
    "/accounts/<id:account_id>/enable",
    policy=signed_in("reviewer", "supervisor"),
    body=Reason,
)
def enable_account(caller: Caller, account_id: str, body: dict[str, Any]) -> None:
    """Switch an account on again, with the areas it has."""
    with house().write() as session:
        account = staff_over(session, caller, account_id)
        administration.enable(session, account.id)
        _switched(session, caller, "account_enabled", account, body["reason"])


@route(
    blueprint,
    "DELETE",
    "/accounts/<id:account_id>/second-factor",
    policy=signed_in("reviewer", "supervisor"),
)
def forget_second_factor(caller: Caller, account_id: str) -> None:
    """Forget a lost authenticator; the next sign-in sets up a new one."""
    here = house()
    with here.write() as session:
        account = staff_over(session, caller, account_id)
        administration.reset_second_factor(session, account.id, here.clock())
        _switched(session, caller, "second_factor_reset", account, "")


def _switched(session: Session, caller: Caller, action: str, account: Account, reason: str) -> None:
    area = covered(caller, account)
    told = {"reason": reason.strip()} if reason else {}
    trail.record(session, caller, action, "account", account.id, area_code=area, **told)


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
