"""S12: guessing is slowed by account, device and address; unknown logins look the same.
Fault 64: many people stand behind one address, and none of them is locked out."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from backend.accounts.rules import throttling
from backend.audit import service as audit
from backend.house import House
from backend.kernel.sealing import b64
from tests.builders.accounts import PASSWORD, Page, Phone, make_account, make_phone
from tests.builders.areas import VILLAGE
from tests.builders.county import County
from tests.fakes.clock import FakeClock

LOGIN = "/api/v1/auth/login"


def log_in(
    client: FlaskClient, login: str, password: str, address: str = "203.0.113.9"
) -> TestResponse:
    return client.post(
        LOGIN,
        json={"login": login, "password": password, "entry": "capture"},
        environ_base={"REMOTE_ADDR": address},
    )


def log_in_by_phone(page: Page, clock: FakeClock, password: str = PASSWORD) -> TestResponse:
    body = f'{{"login":"{page.account.login}","password":"{password}","entry":"capture"}}'.encode()
    assert page.phone is not None
    return page.client.post(
        LOGIN,
        data=body,
        content_type="application/json",
        headers=page.phone.headers("POST", LOGIN, body, clock()),
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )


def test_sec_s12_the_sixth_guess_waits_and_the_wait_grows(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    for _ in range(6):
        assert log_in(client, "doctor", "guess").status_code == 401
    answer = log_in(client, "doctor", "guess")
    assert (answer.status_code, answer.json and answer.json["code"]) == (429, "too_many_attempts")
    assert answer.headers["Retry-After"] == "10"
    assert answer.json is not None
    assert "10 秒" in answer.json["title"]["zh-CN"]
    # Asking again does not make it longer, and the right password waits too.
    assert log_in(client, "doctor", PASSWORD).headers["Retry-After"] == "10"
    clock.advance(seconds=10)
    assert log_in(client, "doctor", "guess").status_code == 401
    assert log_in(client, "doctor", "guess").headers["Retry-After"] == "20"
    clock.advance(seconds=20)
    assert log_in(client, "doctor", PASSWORD).status_code == 200
    for _ in range(5):
        assert log_in(client, "doctor", "guess").status_code == 401


def test_sec_s12_another_address_does_not_help_the_guesser(
    client: FlaskClient, county: County
) -> None:
    for number in range(6):
        log_in(client, "doctor", "guess", f"198.51.100.{number}")
    assert log_in(client, "doctor", "guess", "192.0.2.1").status_code == 429


def test_sec_s12_an_unknown_login_is_slowed_just_the_same(
    client: FlaskClient, county: County
) -> None:
    def answers(login: str) -> list[object]:
        found: list[object] = []
        for _ in range(7):
            answer = log_in(client, login, "guess")
            assert answer.json is not None
            found.append((answer.status_code, answer.json["code"], answer.json["title"]))
        return found

    assert answers("doctor") == answers("nobody")


def test_sec_s12_an_unknown_login_takes_as_long(
    app: APIFlask, client: FlaskClient, county: County, clock: FakeClock
) -> None:
    def seconds(login: str) -> float:
        clock.advance(hours=2)
        began = time.process_time()
        assert log_in(client, login, "guess").status_code == 401
        return time.process_time() - began

    known = statistics.median(seconds("doctor") for _ in range(7))
    unknown = statistics.median(seconds("nobody") for _ in range(7))
    # Without the dummy hash an unknown login takes a tenth of the time.
    assert 0.5 < unknown / known < 2.0


def test_sec_s12_guessing_a_second_factor_is_slowed_too(
    client: FlaskClient, county: County
) -> None:
    body = {"login": "reviewer", "password": PASSWORD, "entry": "desk", "code": "000000"}
    codes = [client.post(LOGIN, json=body).status_code for _ in range(7)]
    assert codes == [401] * 6 + [429]


def test_sec_s12_guessing_the_present_password_is_slowed_too(county: County) -> None:
    body = {"new_password": "玉兰花开在三月 1958", "current_password": "guess"}
    codes = [county.doctor.post("/auth/password", body).status_code for _ in range(7)]
    assert codes == [403] * 6 + [429]


def test_fault_64_a_stranger_cannot_lock_a_doctor_out_of_the_own_phone(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    for _ in range(20):
        log_in(client, "doctor", "guess")
    assert log_in(client, "doctor", PASSWORD).status_code == 429
    assert log_in_by_phone(county.doctor, clock).status_code == 200


def test_fault_64_a_village_behind_one_address_signs_in_beside_a_guesser(
    app: APIFlask,
    client: FlaskClient,
    county: County,
    house: House,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Ten instead of a hundred free guesses, for a hundred password checks take long.
    monkeypatch.setitem(throttling.RULES, "address", replace(throttling.RULES["address"], free=10))
    with house.write() as session:
        village = []
        for number in range(6):
            account = make_account(house, session, "worker", (VILLAGE,), login=f"d{number}")
            village.append(Page(app, account, make_phone(house, session, account)))
        make_account(house, session, "worker", (VILLAGE,), login="newcomer")
    # The guesser, on the same line, tries one password on many logins.
    codes = [log_in(client, f"login{number}", "guess").status_code for number in range(12)]
    assert codes == [401] * 11 + [429]
    # Doctors with their phones notice nothing; a newcomer waits for seconds, not for hours.
    assert [log_in_by_phone(page, clock).status_code for page in village] == [200] * 6
    waiting = log_in(client, "newcomer", PASSWORD)
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) <= 20
    clock.advance(seconds=int(waiting.headers["Retry-After"]))
    assert log_in(client, "newcomer", PASSWORD).status_code == 200


def test_sec_s15_somebody_elses_phone_is_no_second_factor(
    client: FlaskClient, county: County, clock: FakeClock
) -> None:
    body = f'{{"login":"doctor","password":"{PASSWORD}","entry":"capture"}}'.encode()
    foreign = county.other_doctor.phone
    assert foreign is not None

    def log_in_from_there(data: bytes) -> TestResponse:
        headers = foreign.headers("POST", LOGIN, data, clock())
        return client.post(LOGIN, data=data, content_type="application/json", headers=headers)

    answer = log_in_from_there(body)
    assert answer.json is not None
    assert answer.json["needs"] == ["device"]
    # And it is counted like any stranger: the doctor's own phone is not slowed by it.
    wrong = body.replace(PASSWORD.encode(), b"guess")
    assert [log_in_from_there(wrong).status_code for _ in range(7)] == [401] * 6 + [429]
    assert log_in_by_phone(county.other_doctor, clock).status_code == 200
    assert log_in_by_phone(county.doctor, clock).status_code == 200


def test_sec_s49_a_revoked_phone_is_a_strange_phone(county: County, clock: FakeClock) -> None:
    assert county.doctor.phone is not None
    lost = f"/devices/{county.doctor.phone.device_id}"
    assert county.reviewer.delete(lost, {"reason": "丢失"}).status_code == 204
    answer = log_in_by_phone(county.doctor, clock)
    assert answer.json is not None
    assert answer.json["needs"] == ["device"]


def test_sec_s12_a_stolen_phone_guesses_slowly_too(county: County, clock: FakeClock) -> None:
    codes = [log_in_by_phone(county.doctor, clock, "guess").status_code for _ in range(7)]
    assert codes == [401] * 6 + [429]


def test_sec_s14_guessing_enrolment_codes_is_slowed_and_written_down(
    app: APIFlask, county: County, house: House
) -> None:
    page = Page(app, county.doctor.account)  # signed in with the password, on no phone yet
    body = {
        "enrolment_code": "2222-2222",
        "public_key": b64(Phone().public_key),
        "name": "x",
        "app_version": "1",
    }
    codes = [page.post("/devices", body).status_code for _ in range(7)]
    assert codes == [403] * 6 + [429]
    with house.read() as session:
        assert len(audit.of_action(session, "enrolment_refused")) == 6


def test_sec_s12_the_counts_hold_no_logins_and_no_addresses(
    client: FlaskClient, county: County, house: House
) -> None:
    log_in(client, "doctor", "guess")
    with house.read() as session:
        rows = str(session.execute(text("SELECT * FROM login_throttles")).all())
    assert "doctor" not in rows
    assert "203.0.113.9" not in rows
    assert rows.count("account:") == rows.count("address:") == 1


def test_old_counts_are_swept_away(
    client: FlaskClient, county: County, house: House, clock: FakeClock
) -> None:
    log_in(client, "doctor", "guess")
    clock.advance(days=4)
    log_in(client, "nobody", "guess")
    with house.read() as session:
        assert session.execute(text("SELECT count(*) FROM login_throttles")).scalar_one() == 2


def test_sec_s14_a_phone_code_is_for_one_account_for_two_days_once(
    app: APIFlask, county: County, house: House, clock: FakeClock
) -> None:
    def enrol(page: Page, code: str) -> tuple[int, str | None]:
        answer = page.post(
            "/devices",
            {
                "enrolment_code": code,
                "public_key": b64(Phone().public_key),
                "name": "新手机",
                "app_version": "0.1.0",
            },
        )
        assert answer.json is not None
        return answer.status_code, answer.json.get("code")

    def issue() -> str:
        answer = county.reviewer.post("/devices/codes", {"account_id": county.doctor.account.id})
        assert answer.json is not None
        return str(answer.json["code"])

    doctor = Page(app, county.doctor.account)
    sibling = Page(app, county.sibling_doctor.account)
    code = issue()
    assert enrol(sibling, code) == (403, "enrolment_code_wrong")
    assert enrol(doctor, code) == (201, None)
    assert enrol(Page(app, county.doctor.account), code) == (403, "enrolment_code_wrong")

    late = issue()
    clock.advance(hours=48)
    assert enrol(Page(app, county.doctor.account), late) == (403, "enrolment_code_expired")


def test_sec_s14_a_key_that_is_none_enrols_nothing(app: APIFlask, county: County) -> None:
    answer = Page(app, county.doctor.account).post(
        "/devices",
        {
            "enrolment_code": "2222-2222",
            "public_key": b64(b"\x04" + bytes(64)),
            "name": "x",
            "app_version": "1",
        },
    )
    assert answer.json is not None
    assert answer.json["code"] == "device_key_invalid"


def test_sec_s14_there_is_no_default_account(client: FlaskClient, house: House) -> None:
    with house.read() as session:
        assert session.execute(text("SELECT count(*) FROM accounts")).scalar_one() == 0


def test_sec_s15_password_alone_reads_nothing_for_anybody(
    app: APIFlask, county: County, house: House
) -> None:
    with house.write() as session:
        bare = make_account(
            house, session, "supervisor", (VILLAGE,), login="bare", one_time="aaaa-bbbb-cccc-dddd"
        )
    for account in (county.doctor.account, bare):
        answer = Page(app, account).get("/devices")
        assert (answer.status_code, answer.json and answer.json["code"]) == (403, "needs_first")
