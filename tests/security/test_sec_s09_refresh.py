"""S09: rotation, grace, re-use. S11: idle and absolute limits. S16: cookie flags. Faults 56, 57."""

from __future__ import annotations

import random
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.audit import service as audit
from backend.house import House
from tests.builders.accounts import PASSWORD, Page, Phone, browser, totp
from tests.builders.county import County
from tests.fakes.clock import FakeClock

REFRESH = "/api/v1/auth/refresh"


def phone_call(
    client: FlaskClient, phone: Phone | None, path: str, body: str, clock: FakeClock
) -> TestResponse:
    data = body.encode()
    headers = {} if phone is None else phone.headers("POST", path, data, clock())
    return client.post(path, data=data, content_type="application/json", headers=headers)


def token_of(answer: TestResponse, name: str = "__Host-rt-capture") -> str:
    for header in answer.headers.getlist("Set-Cookie"):
        if header.startswith(name + "="):
            return header.split(";")[0].partition("=")[2]
    raise AssertionError("no refresh cookie")


class PhoneBrowser:
    """A doctor's browser whose cookie the test can turn back."""

    def __init__(self, app: APIFlask, page: Page, clock: FakeClock) -> None:
        self.client, self.phone, self.clock = browser(app), page.phone, clock
        body = f'{{"login":"{page.account.login}","password":"{PASSWORD}","entry":"capture"}}'
        self.token = token_of(
            phone_call(self.client, self.phone, "/api/v1/auth/login", body, clock)
        )

    def use(self, token: str, phone: Phone | str | None = "own") -> TestResponse:
        self.client.delete_cookie("__Host-rt-capture")
        self.client.set_cookie("__Host-rt-capture", token)
        signing = self.phone if phone == "own" else phone
        assert not isinstance(signing, str)
        return phone_call(self.client, signing, REFRESH, '{"entry":"capture"}', self.clock)


@pytest.fixture
def doctor(app: APIFlask, county: County, clock: FakeClock) -> PhoneBrowser:
    return PhoneBrowser(app, county.doctor, clock)


def test_sec_s09_each_use_makes_the_next_token(doctor: PhoneBrowser) -> None:
    seen = {doctor.token}
    token = doctor.token
    for _ in range(3):
        answer = doctor.use(token)
        assert answer.status_code == 200
        token = token_of(answer)
        seen.add(token)
    assert len(seen) == 4


def test_fault_56_the_answer_was_lost_and_the_phone_asks_again(
    doctor: PhoneBrowser, clock: FakeClock
) -> None:
    first = token_of(doctor.use(doctor.token))
    clock.advance(minutes=9)
    again = token_of(doctor.use(doctor.token))
    assert again == first
    assert doctor.use(first).status_code == 200


def test_fault_56_every_fifth_answer_is_lost_and_nobody_is_signed_out(
    doctor: PhoneBrowser, clock: FakeClock
) -> None:
    dice = random.Random(56)  # noqa: S311 - the same losses each time
    token = doctor.token
    for _ in range(60):
        answer = doctor.use(token)
        assert answer.status_code == 200
        if dice.random() >= 0.2:
            token = token_of(answer)
        clock.advance(minutes=1)


def test_fault_57_a_token_used_again_later_ends_the_session_for_both(
    doctor: PhoneBrowser, clock: FakeClock, house: House
) -> None:
    newest = token_of(doctor.use(doctor.token))
    clock.advance(minutes=10)
    stolen = doctor.use(doctor.token)
    assert (stolen.status_code, stolen.json and stolen.json["details"]) == (
        401,
        {"reason": "reused"},
    )
    after = doctor.use(newest)
    assert (after.status_code, after.json and after.json["details"]) == (401, {"reason": "reused"})
    with house.read() as session:
        ended = audit.of_action(session, "session_ended")
    assert [entry.detail for entry in ended] == [{"reason": "reused"}]


def test_sec_s11_a_session_whose_time_is_over_is_written_down_once(
    doctor: PhoneBrowser, clock: FakeClock, house: House
) -> None:
    """A forgotten phone tries at each opening; the first try tells all there is to tell."""
    clock.advance(days=61)
    for _ in range(3):
        answer = doctor.use(doctor.token)
        assert (answer.json or {})["details"] == {"reason": "idle"}
        clock.advance(hours=1)
    clock.advance(days=120)
    assert (doctor.use(doctor.token).json or {})["details"] == {"reason": "absolute"}
    with house.read() as session:
        ended = audit.of_action(session, "session_ended")
    assert [entry.detail for entry in ended] == [{"reason": "idle"}, {"reason": "absolute"}]


def test_fault_57_a_cookie_without_its_phone_is_worth_nothing(
    doctor: PhoneBrowser, county: County
) -> None:
    assert doctor.use(doctor.token, phone=None).status_code == 401
    assert doctor.use(doctor.token, phone=county.other_doctor.phone).status_code == 401
    assert county.doctor.phone is not None
    thief = Phone(device_id=county.doctor.phone.device_id)
    assert doctor.use(doctor.token, phone=thief).status_code == 401
    # And the owner is not signed out by somebody trying.
    assert doctor.use(doctor.token).status_code == 200


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
                                    lambda t: t.replace(".1.", ".2."),
                                    lambda t: "", lambda t: "x" * 4000])  # fmt: skip
def test_sec_s09_a_forged_token_changes_nothing(doctor: PhoneBrowser, change: Any) -> None:
    answer = doctor.use(change(doctor.token))
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "session_ended")
    assert doctor.use(doctor.token).status_code == 200


def test_sec_s11_a_phone_lasts_sixty_quiet_days(doctor: PhoneBrowser, clock: FakeClock) -> None:
    clock.advance(days=60, seconds=-1)
    token = token_of(doctor.use(doctor.token))
    clock.advance(days=60)
    answer = doctor.use(token)
    assert (answer.status_code, answer.json and answer.json["details"]) == (401, {"reason": "idle"})


def test_sec_s11_and_half_a_year_at_most(doctor: PhoneBrowser, clock: FakeClock) -> None:
    token = doctor.token
    for _ in range(3):
        clock.advance(days=59)
        token = token_of(doctor.use(token))
    clock.advance(days=3)
    answer = doctor.use(token)
    assert answer.json is not None
    assert answer.json["details"] == {"reason": "absolute"}


@pytest.fixture
def desk(app: APIFlask, county: County, clock: FakeClock) -> FlaskClient:
    client = browser(app)
    body = {"login": "reviewer", "password": PASSWORD, "entry": "desk", "code": totp(clock())}
    assert client.post("/api/v1/auth/login", json=body).status_code == 200
    return client


def test_sec_s11_the_desk_lasts_half_an_hour_of_quiet_and_twelve_hours(
    desk: FlaskClient, clock: FakeClock
) -> None:
    for _ in range(24):
        clock.advance(minutes=29)
        assert desk.post(REFRESH, json={"entry": "desk"}).status_code == 200
    clock.advance(minutes=24)
    answer = desk.post(REFRESH, json={"entry": "desk"})
    assert answer.json is not None
    assert answer.json["details"] == {"reason": "absolute"}


def test_sec_s11_thirty_quiet_minutes_end_the_desk(desk: FlaskClient, clock: FakeClock) -> None:
    clock.advance(minutes=30)
    assert desk.post(REFRESH, json={"entry": "desk"}).status_code == 401


def test_sec_s16_the_cookie_is_for_the_server_alone(app: APIFlask, county: County) -> None:
    answer = browser(app).post(
        "/api/v1/auth/login", json={"login": "doctor", "password": PASSWORD, "entry": "capture"}
    )
    (cookie,) = answer.headers.getlist("Set-Cookie")
    name, *flags = [part.strip() for part in cookie.split(";")]
    assert name.startswith("__Host-rt-capture=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(flags)
    assert not any(flag.startswith("Domain") for flag in flags)
    assert "Max-Age=15552000" in flags
    assert answer.json is not None
    assert "refresh" not in answer.text


def test_sec_s16_a_doctor_and_a_reviewer_share_a_browser(
    app: APIFlask, county: County, clock: FakeClock
) -> None:
    client = browser(app)
    for body in (
        {"login": "doctor", "password": PASSWORD, "entry": "capture"},
        {"login": "reviewer", "password": PASSWORD, "entry": "desk", "code": totp(clock())},
    ):
        assert client.post("/api/v1/auth/login", json=body).status_code == 200
    assert client.post("/api/v1/auth/logout", json={"entry": "desk"}).status_code == 204
    assert client.post(REFRESH, json={"entry": "desk"}).status_code == 401
    assert client.post(REFRESH, json={"entry": "capture"}).status_code == 200


def test_signing_out_ends_the_session_and_takes_the_cookie(desk: FlaskClient, house: House) -> None:
    cookie = desk.get_cookie("__Host-rt-desk")
    assert cookie is not None
    answer = desk.post("/api/v1/auth/logout", json={"entry": "desk"})
    assert answer.status_code == 204
    assert desk.get_cookie("__Host-rt-desk") is None
    desk.set_cookie("__Host-rt-desk", cookie.value)
    ended = desk.post(REFRESH, json={"entry": "desk"})
    assert ended.json is not None
    assert ended.json["details"] == {"reason": "signed_out"}
    with house.read() as session:
        assert len(audit.of_action(session, "signed_out")) == 1


def test_signing_out_twice_is_fine(client: FlaskClient, county: County) -> None:
    assert client.post("/api/v1/auth/logout", json={"entry": "capture"}).status_code == 204


def test_sec_s49_the_phone_learns_that_it_was_revoked(doctor: PhoneBrowser, county: County) -> None:
    assert county.doctor.phone is not None
    path = f"/devices/{county.doctor.phone.device_id}"
    county.reviewer.delete(path, {"reason": "丢失"})
    answer = doctor.use(doctor.token)
    assert answer.json is not None
    assert answer.json["details"] == {"reason": "device_revoked"}
