"""Phones: the codes that enrol them, enrolling, listing, revoking (S14, S49)."""

from __future__ import annotations

import secrets
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.model import Device
from backend.accounts.rules import codes
from backend.accounts.service import devices
from backend.api import trail
from backend.api.accounts import covered, staff_over
from backend.api.config import config
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import Answer, route
from backend.api.session_answer import cookie, session_body, standing_of
from backend.api.wire.accounts import (
    AccountRef,
    DeviceEnrolled,
    DeviceRequest,
    Devices,
    EnrolmentCode,
    Reason,
)
from backend.api.wire.common import MAX_ITEMS
from backend.kernel.errors import Refusal
from backend.kernel.sealing import unb64
from backend.submissions import service as submissions

blueprint = APIBlueprint("devices", __name__)


@route(
    blueprint,
    "POST",
    "/devices",
    policy=signed_in("worker", satisfies="device"),
    body=DeviceRequest,
    output=DeviceEnrolled,
    status=201,
)
def enrol_device(caller: Caller, body: dict[str, Any]) -> Answer:
    """Enrol this phone with a one-time code; from now on it signs what it sends."""
    here, now = house(), house().clock()
    with here.write() as session:
        devices.charge_enrolment(session, here.account_keys, caller.account_id, now)
    try:
        with here.write() as session:
            done = devices.enrol(
                session,
                here.account_keys,
                caller.account_id,
                caller.session_id,
                body["enrolment_code"],
                public_key=unb64(body["public_key"]),
                name=body["name"],
                app_version=body["app_version"],
                now=now,
            )
            trail.record(session, caller, "device_enrolled", "device", done.device_id)
            standing = standing_of(session, caller.session_id)
            return Answer(
                {
                    "device_id": done.device_id,
                    "session": session_body(session, standing, now),
                    "config": config(session),
                },
                cookies=(cookie(standing.entry, done.opened.refresh_token),),
            )
    except Refusal as refusal:
        with here.write() as session:
            trail.record(
                session,
                caller,
                "enrolment_refused",
                "account",
                caller.account_id,
                code=refusal.code,
            )
        raise


@route(blueprint, "GET", "/devices", policy=signed_in(), output=Devices)
def list_devices(caller: Caller) -> dict[str, Any]:
    """The own phones; for staff those of the accounts in their areas too."""
    with house().read() as session:
        owners = {caller.account_id}
        if caller.role != "worker":
            owners |= {account.id for account in accounts.accounts_in(session, caller.ranges())}
        items = [_line(session, one) for one in accounts.devices_of(session, owners)]
    return {"items": items}


def _line(session: Session, device: Device) -> dict[str, Any]:
    last, missing = submissions.numbers(session, device.id)
    return {**vars(device), "last_seq": last, "missing_seqs": missing[:MAX_ITEMS]}


@route(blueprint, "DELETE", "/devices/<id:device_id>", policy=signed_in(), body=Reason)
def revoke_device(caller: Caller, device_id: str, body: dict[str, Any]) -> None:
    """A lost phone: it reads nothing from now on; its sealed queue is still taken."""
    here = house()
    with here.write() as session:
        _reachable(session, caller, device_id)
        devices.revoke(session, device_id, body["reason"], here.clock())
        trail.record(session, caller, "device_revoked", "device", device_id)


def _reachable(session: Session, caller: Caller, device_id: str) -> None:
    facts = accounts.device(session, device_id)
    if facts is None or facts.revoked_at is not None:
        raise Refusal("not_found")
    if facts.account_id != caller.account_id:
        staff_over(session, caller, facts.account_id, to_stop=True)


@route(
    blueprint,
    "POST",
    "/devices/codes",
    policy=signed_in("reviewer", "supervisor"),
    body=AccountRef,
    output=EnrolmentCode,
    status=201,
)
def issue_enrolment_code(caller: Caller, body: dict[str, Any]) -> devices.IssuedCode:
    """A code for a doctor's new phone, to be read out or shown; good for 48 hours, once."""
    here = house()
    with here.write() as session:
        account = staff_over(session, caller, body["account_id"])
        if account.role != "worker":
            raise Refusal("not_found")
        trail.record(
            session,
            caller,
            "enrolment_code_issued",
            "account",
            account.id,
            area_code=covered(caller, account),
        )
        return devices.issue_code(
            session,
            here.account_keys,
            account.id,
            caller.account_id,
            codes.ENROLMENT_LIFETIME,
            random=secrets.token_bytes(8),
            now=here.clock(),
        )
