"""Who may call: every route names one policy, or the application does not start (S01).

A policy is a name and a function that looks at the request and gives the caller, or refuses. New
kinds (a caregiver's link) are made beside their routes as another :class:`Policy`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from flask import request

from backend.accounts import service as accounts
from backend.accounts.model import DeviceFacts, Need, Role, Standing
from backend.api import tokens
from backend.api.house import house
from backend.api.requests import raw_body
from backend.geo.rules import bounds, covers_any
from backend.kernel.canonical import sha256_hex
from backend.kernel.errors import Refusal
from backend.kernel.ids import is_uuid
from backend.kernel.sealing import signature_holds, unb64

REQUEST_FORMAT = "suifang.request/1"


@dataclass(frozen=True)
class Anonymous:
    """Somebody we know nothing about."""


@dataclass(frozen=True)
class Caller:
    """An account, or one of its phones.

    :param kind: ``account``: signed in; ``device``: a phone's signature without a session, which
        may hand something in and gets receipts, nothing else
    :param areas: codes of the caller's areas, everything below included
    :param device_id: the enrolled phone; none at the desk
    :param session_id: empty for kind ``device``
    :param needs: what must be done first; empty on ordinary routes
    :param device: facts of the calling phone, for kind ``device``
    """

    kind: Literal["account", "device"]
    account_id: str
    role: Role
    areas: tuple[str, ...]
    device_id: str | None = None
    session_id: str = ""
    needs: tuple[Need, ...] = ()
    device: DeviceFacts | None = None

    def sees(self, area_code: str) -> bool:
        """True when the area lies inside one of the caller's."""
        return covers_any(self.areas, area_code)

    def ranges(self) -> list[tuple[str, str]]:
        """The caller's areas as ranges of codes (lowest, highest), for queries."""
        return [bounds(code) for code in self.areas]


@dataclass(frozen=True)
class Policy:
    """A rule for who may call a route.

    :param kind: its name, shown in the route list
    :param authenticate: gives the caller, handed to the view as first argument, or refuses
    :param security: names of the OpenAPI security schemes, any of which opens the door
    :param roles: who may call, for the route list
    """

    kind: str
    authenticate: Callable[[], Any]
    security: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()


def anonymous() -> Policy:
    """Anybody. For sign-in, health and what every page needs before it."""
    return Policy("anonymous", Anonymous)


def refresh_cookie() -> Policy:
    """Whoever holds a refresh cookie, which browsers add by themselves: so the request must also
    carry a header that a page of another site cannot set (S17). The route judges the cookie.
    """

    def authenticate() -> Anonymous:
        if request.headers.get("X-Suifang") != "1":
            raise Refusal("not_same_origin")
        return Anonymous()

    return Policy("refresh_cookie", authenticate, security=("cookie",))


def signed_in(*roles: Role, satisfies: Need | None = None) -> Policy:
    """An account with one of the roles (none named: any), and nothing left to do first.

    :param satisfies: the need that this very route takes care of
    """
    return Policy(
        "signed_in", lambda: _account(roles, satisfies), security=("session",), roles=roles
    )


def device_signature() -> Policy:
    """A phone's signature over the request, without a session (0004).

    Revoked phones and disabled accounts pass: their sealed queue is taken, and the intake puts it
    into quarantine. The route must hand out nothing but receipts.
    """
    return Policy("device_signature", _device, security=("device",))


def signed_in_or_device(*roles: Role) -> Policy:
    """A session, or where none is left, the phone's signature."""

    def authenticate() -> Caller:
        return _account(roles, None) if "Authorization" in request.headers else _device()

    return Policy("signed_in_or_device", authenticate, security=("session", "device"), roles=roles)


def of_standing(standing: Standing) -> Caller:
    """The caller of a session."""
    account = standing.account
    return Caller(
        kind="account",
        account_id=account.id,
        role=account.role,
        areas=account.areas,
        device_id=standing.device_id,
        session_id=standing.session_id,
        needs=standing.needs,
    )


def _account(roles: tuple[Role, ...], satisfies: Need | None) -> Caller:
    claims = tokens.read()
    with house().glance() as session:
        standing = accounts.standing(session, claims.session_id)
    if standing is None or standing.account.id != claims.account_id:
        raise Refusal("session_ended")
    caller = of_standing(standing)
    if caller.needs and caller.needs[0] != satisfies:
        raise Refusal("needs_first", needs=list(caller.needs))
    if roles and caller.role not in roles:
        raise Refusal("not_found")
    return caller


def signing_device() -> DeviceFacts | None:
    """The phone that signed this request, revoked ones included; nothing when none did."""
    device_id = request.headers.get("X-Device")
    if device_id is None or not is_uuid(device_id):
        return None
    with house().glance() as session:
        facts = accounts.device(session, device_id)
    if facts is None:
        return None
    time = request.headers.get("X-Device-Time", "")
    try:
        signature = unb64(request.headers.get("X-Device-Signature", ""))
    except ValueError:
        return None
    message = request_message(request.method, request.path, time, raw_body())
    return facts if signature_holds(facts.public_key, message, signature) else None


def request_message(method: str, path: str, time: str, body: bytes) -> bytes:
    """What a device signs: the body is hashed as it travels, after any compression (0004)."""
    return "\n".join((REQUEST_FORMAT, method, path, time, sha256_hex(body))).encode()


def _device() -> Caller:
    facts = signing_device()
    if facts is None:
        raise Refusal("sign_in_needed")
    return Caller(
        kind="device",
        account_id=facts.account_id,
        role=facts.role,
        areas=facts.areas,
        device_id=facts.id,
        device=facts,
    )
