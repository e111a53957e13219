"""Signing in and out, the own password, the second factor, the own sessions (0004)."""

from __future__ import annotations

import secrets
from typing import Any

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from backend.accounts.service import passwords, sessions, sign_in
from backend.accounts.service.devices import issue_own_code
from backend.api import trail
from backend.api.house import house
from backend.api.policy import (
    Anonymous,
    Caller,
    anonymous,
    refresh_cookie,
    signed_in,
    signing_device,
)
from backend.api.routing import Answer, route
from backend.api.session_answer import (
    cookie,
    cookie_name,
    session_answer,
    session_body,
    standing_of,
)
from backend.api.wire.accounts import (
    CodeRequest,
    EntryRequest,
    LoginRequest,
    OpenSessions,
    PasswordRequest,
    RecoveryCodes,
    SecondFactorSetup,
    Session as SessionShape,
)
from backend.audit import service as audit
from backend.kernel.errors import Refusal

blueprint = APIBlueprint("auth", __name__)


@route(
    blueprint,
    "POST",
    "/auth/login",
    policy=anonymous(),
    body=LoginRequest,
    output=SessionShape,
)
def log_in(caller: Anonymous, body: dict[str, Any]) -> Answer:
    """Sign in with password, for staff a second factor, for doctors an enrolled phone."""
    here, now = house(), house().clock()
    signing = signing_device()
    with here.write() as session:
        attempt = sign_in.begin(
            session,
            here.account_keys,
            body["login"],
            body["entry"],
            signing=signing,
            address=request.remote_addr or "",
            now=now,
        )
    account_id = None if attempt.credentials is None else attempt.credentials.account.id
    try:
        found = sign_in.check(attempt, body["password"], now)
        with here.write() as session:
            done = sign_in.finish(
                session,
                here.account_keys,
                attempt,
                found,
                code=body.get("code"),
                random=secrets.token_bytes(32),
                now=now,
            )
            trail.record(session, caller, "signed_in", "account", account_id, entry=attempt.entry)
            return session_answer(session, done.opened, now, done.enrolment_code)
    except Refusal as refusal:
        with here.write() as session:
            trail.record(
                session, caller, "sign_in_refused", "account", account_id, code=refusal.code
            )
        raise


@route(
    blueprint,
    "POST",
    "/auth/refresh",
    policy=refresh_cookie(),
    body=EntryRequest,
    output=SessionShape,
)
def refresh(caller: Anonymous, body: dict[str, Any]) -> Answer:
    """A new access token for the refresh cookie, which changes at each use."""
    here, now = house(), house().clock()
    token = request.cookies.get(cookie_name(body["entry"]), "")
    signing = signing_device()
    with here.write() as session:
        found = sessions.refresh(
            session,
            here.account_keys,
            token,
            body["entry"],
            proven_device_id=None if signing is None else signing.id,
            now=now,
        )
        if found.opened is not None:
            return session_answer(session, found.opened, now)
        if found.session_id is not None and found.use != "ended":
            _note_end(session, caller, found.session_id, found.use)
    raise Refusal("session_ended", reason=found.reason or found.use)


def _note_end(session: Session, caller: Anonymous, session_id: str, reason: str) -> None:
    """Write down once why a session is no longer taken: its page may try again for weeks."""
    told = audit.of_object(session, "session", session_id)
    if not any(one.action == "session_ended" and one.detail == {"reason": reason} for one in told):
        trail.record(session, caller, "session_ended", "session", session_id, reason=reason)


@route(blueprint, "POST", "/auth/logout", policy=refresh_cookie(), body=EntryRequest)
def log_out(caller: Anonymous, body: dict[str, Any]) -> Answer:
    """End the session of the refresh cookie; also when the access token is long gone."""
    here, now = house(), house().clock()
    token = request.cookies.get(cookie_name(body["entry"]), "")
    with here.write() as session:
        account_id = sessions.sign_out(session, here.account_keys, token, now)
        if account_id is not None:
            trail.record(session, caller, "signed_out", "account", account_id)
    return Answer(None, cookies=(cookie(body["entry"], None),))


@route(
    blueprint,
    "POST",
    "/auth/password",
    policy=signed_in(satisfies="new_password"),
    body=PasswordRequest,
    output=SessionShape,
)
def set_password(caller: Caller, body: dict[str, Any]) -> Answer:
    """Choose the own password; ends every other session of the account."""
    here, now = house(), house().clock()
    first = "new_password" in caller.needs
    with here.write() as session:
        login = standing_of(session, caller.session_id).account.login
        if not first:
            passwords.charge(session, here.account_keys, login, now)
    with here.read() as session:
        new_hash = passwords.new_hash(
            session, caller.account_id, body["new_password"], body.get("current_password")
        )
    with here.write() as session:
        ended = passwords.set_own(
            session,
            here.account_keys,
            caller.account_id,
            login,
            new_hash,
            keep_session=caller.session_id,
            now=now,
        )
        trail.record(
            session, caller, "password_set", "account", caller.account_id, ended_sessions=ended
        )
        opened = sessions.rotate_now(session, here.account_keys, caller.session_id, now)
        code = None
        if first and "device" in caller.needs:
            code = issue_own_code(
                session,
                here.account_keys,
                caller.account_id,
                random=secrets.token_bytes(8),
                now=now,
            ).code
        return session_answer(session, opened, now, code)


@route(
    blueprint,
    "POST",
    "/auth/second-factor",
    policy=signed_in("reviewer", "supervisor", satisfies="second_factor_setup"),
    output=SecondFactorSetup,
)
def begin_second_factor(caller: Caller) -> passwords.Setup:
    """A new secret for the authenticator; it counts once its first code was entered."""
    here = house()
    with here.write() as session:
        login = standing_of(session, caller.session_id).account.login
        return passwords.begin_second_factor(
            session,
            here.account_keys,
            caller.account_id,
            login,
            here.settings.product_name["zh-CN"],
        )


@route(
    blueprint,
    "POST",
    "/auth/second-factor/confirm",
    policy=signed_in("reviewer", "supervisor", satisfies="second_factor_setup"),
    body=CodeRequest,
    output=RecoveryCodes,
)
def confirm_second_factor(caller: Caller, body: dict[str, Any]) -> Answer:
    """Enter the first code; answers ten recovery codes, shown once."""
    here, now = house(), house().clock()
    with here.write() as session:
        fresh = passwords.confirm_second_factor(
            session,
            here.account_keys,
            caller.account_id,
            body["code"],
            random=secrets.token_bytes(100),
            now=now,
        )
        trail.record(session, caller, "second_factor_set", "account", caller.account_id)
        opened = sessions.rotate_now(session, here.account_keys, caller.session_id, now)
        standing = standing_of(session, caller.session_id)
        return Answer(
            {"recovery_codes": fresh, "session": session_body(session, standing, now)},
            cookies=(cookie(standing.entry, opened.refresh_token),),
        )


@route(blueprint, "GET", "/auth/sessions", policy=signed_in(), output=OpenSessions)
def list_sessions(caller: Caller) -> dict[str, Any]:
    """Where the own account is signed in."""
    with house().read() as session:
        found = sessions.open_sessions(session, caller.account_id)
    return {
        "items": [
            {
                "id": item.id,
                "entry": item.entry,
                "device_id": item.device_id,
                "started_at": item.started_at,
                "last_used_at": item.rotated_at,
                "current": item.id == caller.session_id,
            }
            for item in found
        ]
    }


@route(blueprint, "DELETE", "/auth/sessions/<id:session_id>", policy=signed_in())
def end_session(caller: Caller, session_id: str) -> None:
    """End one of the own sessions."""
    here = house()
    with here.write() as session:
        if not sessions.end_own(session, caller.account_id, session_id, here.clock()):
            raise Refusal("not_found")
        trail.record(session, caller, "session_ended", "session", session_id, reason="signed_out")
