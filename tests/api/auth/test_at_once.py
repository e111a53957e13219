"""Many at the same moment: guesses stand in line, two tabs both stay signed in, one code counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from apiflask import APIFlask
from werkzeug.test import TestResponse

from backend.kernel.sealing import b64
from tests.builders.accounts import PASSWORD, Page, Phone, browser, totp
from tests.builders.county import County
from tests.fakes.clock import FakeClock


def at_once(calls: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_twenty_guesses_at_once_gain_nothing(app: APIFlask, county: County) -> None:
    def guess() -> TestResponse:
        body = {"login": "doctor", "password": "guess", "entry": "capture"}
        return browser(app).post("/api/v1/auth/login", json=body)

    found = Counter(answer.status_code for answer in at_once([guess] * 20))
    assert found == {401: 6, 429: 14}


def test_two_tabs_refresh_at_once_and_both_go_on(
    app: APIFlask, county: County, clock: FakeClock
) -> None:
    first = browser(app)
    body = {"login": "reviewer", "password": PASSWORD, "entry": "desk", "code": totp(clock())}
    assert first.post("/api/v1/auth/login", json=body).status_code == 200
    cookie = first.get_cookie("__Host-rt-desk")
    assert cookie is not None

    def refresh() -> TestResponse:
        tab = browser(app)
        tab.set_cookie("__Host-rt-desk", cookie.value)
        return tab.post("/api/v1/auth/refresh", json={"entry": "desk"})

    answers = at_once([refresh] * 5)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.headers["Set-Cookie"] for answer in answers}) == 1


def test_one_second_factor_code_opens_one_session(
    app: APIFlask, county: County, clock: FakeClock
) -> None:
    body = {"login": "reviewer", "password": PASSWORD, "entry": "desk", "code": totp(clock())}

    def log_in() -> TestResponse:
        return browser(app).post("/api/v1/auth/login", json=body)

    found = Counter(answer.status_code for answer in at_once([log_in] * 4))
    assert found == {200: 1, 401: 3}


def test_one_enrolment_code_enrols_one_phone(app: APIFlask, county: County) -> None:
    issued = county.reviewer.post("/devices/codes", {"account_id": county.doctor.account.id}).json
    assert issued is not None
    pages = [Page(app, county.doctor.account) for _ in range(4)]
    assert len({page.session_id for page in pages}) == 4

    def enrol(page: Page) -> Callable[[], TestResponse]:
        body = {
            "enrolment_code": issued["code"],
            "public_key": b64(Phone().public_key),
            "name": "x",
            "app_version": "1",
        }
        return lambda: page.post("/devices", body)

    found = Counter(answer.status_code for answer in at_once([enrol(page) for page in pages]))
    assert found == {201: 1, 403: 3}
