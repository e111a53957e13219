"""Handing in with a phone's signature where no session is left (0004): write-only, never refused
for the clock, and also for phones and accounts that were shut out, whose queue is kept sealed."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIBlueprint, APIFlask
from flask.testing import FlaskClient
from marshmallow import fields
from werkzeug.test import TestResponse

from backend.accounts.service import administration
from backend.api.policy import Caller, device_signature, signed_in_or_device
from backend.api.requests import raw_body
from backend.api.routing import route
from backend.api.wire.common import Wire
from backend.house import House
from backend.kernel.ids import new_id
from tests.builders.accounts import Phone
from tests.builders.areas import VILLAGE
from tests.builders.county import County
from tests.fakes.clock import FakeClock

probe = APIBlueprint("inbox", __name__)
BODY = '{"text":"密封的记录"}'.encode()


class Note(Wire):
    text = fields.String(required=True)


class Told(Wire):
    kind = fields.String()
    account_id = fields.String()
    device_id = fields.String()
    areas = fields.List(fields.String())
    revoked = fields.Boolean()
    disabled = fields.Boolean()
    size = fields.Integer()


def told(caller: Caller) -> dict[str, Any]:
    facts = caller.device
    return {
        "kind": caller.kind,
        "account_id": caller.account_id,
        "device_id": caller.device_id,
        "areas": list(caller.areas),
        "revoked": facts is not None and facts.revoked_at is not None,
        "disabled": facts is not None and facts.account_disabled,
        "size": len(raw_body()),
    }


@route(probe, "POST", "/inbox", policy=device_signature(), body=Note, output=Told)
def hand_in(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Hand something in."""
    return told(caller)


@route(probe, "POST", "/either", policy=signed_in_or_device("worker"), body=Note, output=Told)
def hand_in_either_way(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Hand something in, signed in or not."""
    return told(caller)


@pytest.fixture
def client(app: APIFlask, client: FlaskClient) -> FlaskClient:
    app.register_blueprint(probe, url_prefix="/api/v1")
    return client


def phone_of(county: County) -> Phone:
    assert county.doctor.phone is not None
    return county.doctor.phone


def hand_over(
    client: FlaskClient, phone: Phone, clock: FakeClock, *, path: str = "/api/v1/inbox",
    body: bytes = BODY, **changes: str,
) -> TestResponse:  # fmt: skip
    headers = phone.headers("POST", path, body, clock()) | changes
    return client.post(path, data=body, content_type="application/json", headers=headers)


def test_a_phone_without_a_session_hands_in(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    answer = hand_over(client, phone_of(county), clock)
    assert answer.json == {
        "kind": "device",
        "account_id": county.doctor.account.id,
        "device_id": phone_of(county).device_id,
        "areas": [VILLAGE],
        "revoked": False,
        "disabled": False,
        "size": len(BODY),
    }


def test_it_signs_the_body_as_it_travels(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    packed = gzip.compress(BODY)
    answer = hand_over(client, phone_of(county), clock, body=packed, **{"Content-Encoding": "gzip"})
    assert answer.json is not None, answer.text
    assert answer.json["size"] == len(packed)


@pytest.mark.parametrize("off", [timedelta(days=-3650), timedelta(days=3650)])
def test_a_wrong_clock_is_no_reason(
    client: FlaskClient, county: County, clock: FakeClock, off: timedelta
) -> None:
    phone, path = phone_of(county), "/api/v1/inbox"
    headers = phone.headers("POST", path, BODY, clock() + off)
    answer = client.post(path, data=BODY, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def test_fault_58_59_a_lost_phone_and_a_switched_off_doctor_still_hand_in(
    client: FlaskClient, county: County, clock: FakeClock, house: House
) -> None:
    phone = phone_of(county)
    county.reviewer.delete(f"/devices/{phone.device_id}", {"reason": "丢失"})
    with house.write() as session:
        administration.disable(session, county.doctor.account.id, clock())
    answer = hand_over(client, phone, clock)
    assert answer.json is not None
    assert (answer.json["revoked"], answer.json["disabled"]) == (True, True)


def test_the_signature_speaks_for_phone_path_time_and_body(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    phone, path = phone_of(county), "/api/v1/inbox"
    good = phone.headers("POST", path, BODY, clock())
    other = county.other_doctor.phone
    assert other is not None
    forged = [
        phone.headers("PUT", path, BODY, clock()),
        phone.headers("POST", "/api/v1/either", BODY, clock()),
        phone.headers("POST", path, BODY + b" ", clock()),
        good | {"X-Device-Time": "2026-11-23T02:00:01.000Z"},
        good | {"X-Device": other.device_id},
        good | {"X-Device": new_id()},
        good | {"X-Device": "' OR 1=1 --"},
        good | {"X-Device-Signature": ""},
        good | {"X-Device-Signature": "!!"},
        good | {"X-Device-Signature": good["X-Device-Signature"][:-2] + "AA"},
        replace(Phone(), device_id=phone.device_id).headers("POST", path, BODY, clock()),
        {name: value for name, value in good.items() if name != "X-Device-Time"},
        {},
    ]
    for headers in forged:
        answer = client.post(path, data=BODY, content_type="application/json", headers=headers)
        assert answer.status_code == 401, headers
    answer = client.post(path, data=BODY, content_type="application/json", headers=good)
    assert answer.status_code == 200


def test_a_signature_opens_no_reading_route(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    headers = phone_of(county).headers("GET", "/api/v1/devices", b"", clock())
    assert client.get("/api/v1/devices", headers=headers).status_code == 401


def test_either_way_takes_a_session_or_else_a_signature(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    path = "/api/v1/either"
    signed = hand_over(client, phone_of(county), clock, path=path)
    assert signed.json is not None
    assert signed.json["kind"] == "device"
    session = county.doctor.post("/either", {"text": "x"})
    assert session.json is not None
    assert (session.json["kind"], session.json["device_id"]) == (
        "account",
        phone_of(county).device_id,
    )
    assert county.reviewer.post("/either", {"text": "x"}).status_code == 404
    # A token that no longer holds is said so, and not silently passed over.
    headers = {"Authorization": "Bearer old"}
    assert hand_over(client, phone_of(county), clock, path=path, **headers).status_code == 401
