"""A doctor's and a reviewer's first days: signing in, the own password, phone, second factor."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.audit import service as audit
from backend.house import House
from backend.kernel.sealing import b64
from tests.builders.accounts import PASSWORD, Phone, browser, make_account, totp
from tests.builders.areas import TOWNSHIP, VILLAGE, make_county
from tests.builders.county import County
from tests.fakes.clock import FakeClock

ONE_TIME = "k7mq-3f9x-ab2c-de4f"
OWN = "玉兰花开在三月 1958"


def post(client: FlaskClient, path: str, body: Any, token: str | None = None) -> TestResponse:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return client.post("/api/v1" + path, json=body, headers=headers)


def log_in(client: FlaskClient, login: str, password: str, entry: str, **more: Any) -> TestResponse:
    return post(
        client, "/auth/login", {"login": login, "password": password, "entry": entry, **more}
    )


def new_doctor(house: House) -> None:
    with house.write() as session:
        make_county(session)
        make_account(house, session, "worker", (VILLAGE,), login="yulan", one_time=ONE_TIME)


def test_a_new_doctor_sets_a_password_enrols_the_phone_and_works(
    app: APIFlask, client: FlaskClient, house: House, clock: FakeClock
) -> None:
    new_doctor(house)

    first = log_in(client, "yulan", ONE_TIME, "capture")
    assert first.status_code == 200, first.text
    assert first.json is not None
    assert first.json["needs"] == ["new_password", "device"]
    assert first.json["account"]["areas"] == [
        {"code": VILLAGE, "name": "上河村", "level": "village"}
    ]

    chosen = post(client, "/auth/password", {"new_password": OWN}, first.json["access_token"])
    assert chosen.json is not None, chosen.text
    assert chosen.status_code == 200, chosen.text
    assert chosen.json["needs"] == ["device"]

    phone = Phone()
    enrolled = post(
        client,
        "/devices",
        {
            "enrolment_code": chosen.json["enrolment_code"],
            "public_key": b64(phone.public_key),
            "name": "红米 12",
            "app_version": "0.1.0",
        },
        chosen.json["access_token"],
    )
    assert enrolled.status_code == 201, enrolled.text
    assert enrolled.json is not None
    assert enrolled.json["session"]["needs"] == []
    assert enrolled.json["config"]["seal"]["key_id"] == "test1"
    phone.device_id = enrolled.json["device_id"]

    # Ten minutes later the access token is over; the phone signs and gets a new one.
    clock.advance(minutes=11)
    body = b'{"entry":"capture"}'
    renewed = client.post(
        "/api/v1/auth/refresh",
        data=body,
        content_type="application/json",
        headers=phone.headers("POST", "/api/v1/auth/refresh", body, clock()),
    )
    assert renewed.status_code == 200, renewed.text

    # On another day, in a new browser profile: password and phone are the two factors.
    again = browser(app)
    body = f'{{"login":"yulan","password":"{OWN}","entry":"capture"}}'.encode()
    signed = again.post(
        "/api/v1/auth/login",
        data=body,
        content_type="application/json",
        headers=phone.headers("POST", "/api/v1/auth/login", body, clock()),
    )
    assert signed.json is not None
    assert signed.json["needs"] == []

    with house.read() as session:
        assert len(audit.of_action(session, "signed_in")) == 2
        assert len(audit.of_action(session, "device_enrolled")) == 1


def test_without_the_phone_a_password_alone_opens_nothing(
    client: FlaskClient, county: County
) -> None:
    answer = log_in(client, "doctor", PASSWORD, "capture")
    assert answer.json is not None
    assert answer.json["needs"] == ["device"]
    refused = client.get(
        "/api/v1/devices", headers={"Authorization": f"Bearer {answer.json['access_token']}"}
    )
    assert refused.status_code == 403
    assert refused.json is not None
    assert (refused.json["code"], refused.json["details"]) == ("needs_first", {"needs": ["device"]})


def test_the_device_need_cannot_jump_the_queue(client: FlaskClient, house: House) -> None:
    new_doctor(house)
    first = log_in(client, "yulan", ONE_TIME, "capture")
    assert first.json is not None
    enrol = {
        "enrolment_code": first.json["enrolment_code"],
        "public_key": b64(Phone().public_key),
        "name": "x",
        "app_version": "1",
    }
    answer = post(client, "/devices", enrol, first.json["access_token"])
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "needs_first"


def test_a_reviewer_sets_up_the_second_factor_and_a_code_works_once(
    app: APIFlask, client: FlaskClient, house: House, clock: FakeClock
) -> None:
    with house.write() as session:
        make_county(session)
        make_account(house, session, "reviewer", (TOWNSHIP,), login="zhaomin", one_time=ONE_TIME)
    first = log_in(client, "zhaomin", ONE_TIME, "desk")
    assert first.json is not None
    assert first.json["needs"] == ["new_password", "second_factor_setup"]
    assert "enrolment_code" not in first.json

    chosen = post(client, "/auth/password", {"new_password": OWN}, first.json["access_token"])
    assert chosen.json is not None
    token = chosen.json["access_token"]
    setup = post(client, "/auth/second-factor", None, token).json
    assert setup is not None
    assert setup["uri"].startswith("otpauth://totp/")

    wrong = post(client, "/auth/second-factor/confirm", {"code": "000000"}, token)
    assert wrong.json is not None
    assert wrong.json["code"] == "second_factor_wrong"
    done = post(
        client, "/auth/second-factor/confirm", {"code": totp(clock(), setup["secret"])}, token
    )
    assert done.json is not None, done.text
    assert done.json["session"]["needs"] == []
    assert len(set(done.json["recovery_codes"])) == 10

    other = browser(app)
    asked = log_in(other, "zhaomin", OWN, "desk")
    assert (asked.status_code, asked.json and asked.json["code"]) == (401, "second_factor_required")
    replayed = log_in(other, "zhaomin", OWN, "desk", code=totp(clock(), setup["secret"]))
    assert replayed.json is not None
    assert replayed.json["code"] == "second_factor_wrong"
    clock.advance(seconds=30)
    code = totp(clock(), setup["secret"])
    assert log_in(other, "zhaomin", OWN, "desk", code=code).status_code == 200

    recovery = done.json["recovery_codes"][0]
    assert log_in(other, "zhaomin", OWN, "desk", code=recovery.upper()).status_code == 200
    assert log_in(other, "zhaomin", OWN, "desk", code=recovery).status_code == 401


@pytest.mark.parametrize(
    ("login", "password", "entry", "status", "code"),
    [
        ("doctor", "not the password at all", "capture", 401, "sign_in_failed"),
        ("nobody", PASSWORD, "capture", 401, "sign_in_failed"),
        ("doctor", PASSWORD, "desk", 403, "wrong_entry"),
        ("reviewer", PASSWORD, "capture", 403, "wrong_entry"),
        ("reviewer", PASSWORD, "desk", 401, "second_factor_required"),
    ],
)
def test_refusals_say_what_to_do(
    client: FlaskClient,
    county: County,
    login: str,
    password: str,
    entry: str,
    status: int,
    code: str,
) -> None:
    answer = log_in(client, login, password, entry)
    assert (answer.status_code, answer.json and answer.json["code"]) == (status, code)
    with county.doctor.house.read() as session:
        refused = audit.of_action(session, "sign_in_refused")
    assert [entry.detail["code"] for entry in refused] == [code]


def test_a_switched_off_account_learns_it_only_with_the_right_password(
    client: FlaskClient, app: APIFlask, county: County
) -> None:
    app.test_cli_runner().invoke(args=["accounts", "disable", "doctor"])
    assert log_in(client, "doctor", "wrong", "capture").status_code == 401
    answer = log_in(client, "doctor", PASSWORD, "capture")
    assert (answer.status_code, answer.json and answer.json["code"]) == (403, "account_disabled")


def test_a_one_time_password_is_good_for_a_week(
    client: FlaskClient, house: House, clock: FakeClock
) -> None:
    new_doctor(house)
    clock.advance(days=7, seconds=1)
    answer = log_in(client, "yulan", ONE_TIME, "capture")
    assert (answer.status_code, answer.json and answer.json["code"]) == (403, "one_time_expired")


def test_a_one_time_password_may_be_typed_in_capitals_without_hyphens(
    client: FlaskClient, house: House
) -> None:
    new_doctor(house)
    typed = ONE_TIME.upper().replace("-", " ")
    assert log_in(client, "YuLan ", typed, "capture").status_code == 200


def test_a_used_one_time_password_is_gone_once_the_own_one_is_set(
    client: FlaskClient, house: House
) -> None:
    new_doctor(house)
    first = log_in(client, "yulan", ONE_TIME, "capture")
    assert first.json is not None
    post(client, "/auth/password", {"new_password": OWN}, first.json["access_token"])
    assert log_in(client, "yulan", ONE_TIME, "capture").status_code == 401
    assert log_in(client, "yulan", OWN, "capture").status_code == 200


def test_the_one_time_password_cannot_become_the_own_one(client: FlaskClient, house: House) -> None:
    new_doctor(house)
    first = log_in(client, "yulan", ONE_TIME, "capture")
    assert first.json is not None
    answer = post(
        client, "/auth/password", {"new_password": ONE_TIME.upper()}, first.json["access_token"]
    )
    assert answer.json is not None
    assert answer.json["code"] == "password_unchanged"


def test_changing_the_password_needs_the_present_one_and_ends_the_other_sessions(
    client: FlaskClient, county: County
) -> None:
    page = county.doctor
    wrong = page.post("/auth/password", {"new_password": OWN, "current_password": "no"})
    assert (wrong.status_code, wrong.json and wrong.json["code"]) == (403, "current_password_wrong")

    elsewhere = log_in(client, "doctor", PASSWORD, "capture")
    assert elsewhere.json is not None
    done = page.post("/auth/password", {"new_password": OWN, "current_password": PASSWORD})
    assert done.status_code == 200, done.text
    after = client.get(
        "/api/v1/auth/sessions",
        headers={"Authorization": f"Bearer {elsewhere.json['access_token']}"},
    )
    assert (after.status_code, after.json and after.json["code"]) == (401, "session_ended")
    assert page.get("/auth/sessions").status_code == 200
