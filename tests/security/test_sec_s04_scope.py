"""S04: out of scope looks exactly like missing. S07: role and scope are read at each request.
S10: people and staff end sessions. S49: a lost phone is out at once."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from backend.accounts.service import administration
from backend.audit import service as audit
from backend.house import House
from backend.kernel.ids import new_id
from tests.builders.accounts import Page
from tests.builders.areas import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP
from tests.builders.county import County


def without_id(answer: TestResponse) -> object:
    assert answer.json is not None
    return answer.status_code, {k: v for k, v in answer.json.items() if k != "request_id"}


def actions(target: Page) -> list[tuple[str, str, object]]:
    account = target.account.id
    device = target.phone.device_id if target.phone else new_id()
    return [
        ("POST", f"/accounts/{account}/one-time-password", None),
        ("DELETE", f"/accounts/{account}/sessions", None),
        ("POST", "/devices/codes", {"account_id": account}),
        ("DELETE", f"/devices/{device}", {"reason": "lost"}),
    ]


MISSING = [
    ("POST", f"/accounts/{new_id()}/one-time-password", None),
    ("DELETE", f"/accounts/{new_id()}/sessions", None),
    ("POST", "/devices/codes", {"account_id": new_id()}),
    ("DELETE", f"/devices/{new_id()}", {"reason": "lost"}),
]


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("doctor", "sibling_doctor"),
        ("doctor", "reviewer"),
        ("doctor", "supervisor"),
        ("reviewer", "other_doctor"),
        ("reviewer", "other_reviewer"),
        ("reviewer", "reviewer"),
        ("reviewer", "supervisor"),
        ("supervisor", "supervisor"),
    ],
)
def test_sec_s04_out_of_reach_looks_like_missing(county: County, who: str, whom: str) -> None:
    caller, target = getattr(county, who), getattr(county, whom)
    for foreign, missing in zip(actions(target), MISSING, strict=True):
        if foreign[1].startswith("/devices/") and target.phone is None and foreign[0] == "DELETE":
            continue  # staff have no phone
        assert without_id(caller.call(*foreign)) == without_id(caller.call(*missing)), foreign


@pytest.mark.parametrize(("who", "whom"), [("reviewer", "doctor"), ("supervisor", "other_doctor")])
def test_sec_s10_staff_help_and_stop_the_doctors_of_their_area(
    county: County, house: House, who: str, whom: str
) -> None:
    caller, target = getattr(county, who), getattr(county, whom)
    assert [caller.call(*action).status_code for action in reversed(actions(target))] == [
        204, 201, 204, 201,
    ]  # fmt: skip
    with house.read() as session:
        done = [entry.action for entry in audit.by_actor(session, caller.account.id)]
    assert done == [
        "device_revoked", "enrolment_code_issued", "sessions_ended", "one_time_password_issued",
    ]  # fmt: skip


def test_sec_s04_a_doctor_of_two_townships_gets_codes_from_the_county_alone(
    county: County, house: House
) -> None:
    doctor = county.doctor.account
    with house.write() as session:
        administration.set_areas(session, doctor.id, [*doctor.areas, OTHER_VILLAGE])
    code = {"account_id": doctor.id}
    assert county.reviewer.post("/devices/codes", code).status_code == 404
    assert county.supervisor.post("/devices/codes", code).status_code == 201
    # Shutting out is a protection, and anybody responsible may do it.
    assert county.other_reviewer.delete(f"/accounts/{doctor.id}/sessions").status_code == 204


def test_sec_s07_areas_count_from_the_next_request_on(county: County, house: House) -> None:
    def seen() -> set[str]:
        answer = county.reviewer.get("/accounts").json
        assert answer is not None
        return {item["login"] for item in answer["items"]}

    assert seen() == {"doctor", "sibling", "reviewer"}
    with house.write() as session:
        administration.set_areas(session, county.reviewer.account.id, [OTHER_TOWNSHIP])
    assert seen() == {"other", "reviewer", "otherreviewer"}
    with house.write() as session:
        administration.set_areas(session, county.reviewer.account.id, [])
    assert seen() == set()


def test_sec_s07_a_switched_off_account_is_out_at_the_next_request(
    app: APIFlask, county: County
) -> None:
    token = county.doctor.token
    headers = {"Authorization": f"Bearer {token}"}
    assert county.doctor.client.get("/api/v1/devices", headers=headers).status_code == 200
    app.test_cli_runner().invoke(args=["accounts", "disable", "doctor"])
    answer = county.doctor.client.get("/api/v1/devices", headers=headers)
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "session_ended")


def test_sec_s49_a_revoked_phone_is_out_at_the_next_request(county: County) -> None:
    assert county.doctor.phone is not None
    headers = {"Authorization": f"Bearer {county.doctor.token}"}
    lost = f"/devices/{county.doctor.phone.device_id}"
    assert county.reviewer.delete(lost, {"reason": "手机丢了"}).status_code == 204
    answer = county.doctor.client.get("/api/v1/devices", headers=headers)
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "session_ended")
    assert county.reviewer.delete(lost, {"reason": "again"}).status_code == 404


def test_sec_s10_people_see_and_end_their_own_sessions_alone(app: APIFlask, county: County) -> None:
    other_place = Page(app, county.reviewer.account)
    assert other_place.session_id != county.reviewer.session_id
    listed = county.reviewer.get("/auth/sessions").json
    assert listed is not None
    assert {item["id"]: item["current"] for item in listed["items"]} == {
        county.reviewer.session_id: True,
        other_place.session_id: False,
    }
    headers = {"Authorization": f"Bearer {other_place.token}"}
    foreign = f"/auth/sessions/{county.doctor.session_id}"
    assert county.reviewer.delete(foreign).status_code == 404
    assert county.doctor.get("/auth/sessions").status_code == 200
    own = f"/auth/sessions/{other_place.session_id}"
    assert county.reviewer.delete(own).status_code == 204
    assert county.reviewer.delete(own).status_code == 404
    assert other_place.client.get("/api/v1/auth/sessions", headers=headers).status_code == 401


def test_sec_s04_lists_hold_only_what_is_the_callers(county: County) -> None:
    def phones(page: Page) -> set[str]:
        answer = page.get("/devices").json
        assert answer is not None
        return {item["account_name"] for item in answer["items"]}

    assert phones(county.doctor) == {"张玉兰"}
    assert phones(county.reviewer) == {"张玉兰", "李长顺"}
    assert phones(county.other_reviewer) == {"陈国强"}
    assert phones(county.supervisor) == {"张玉兰", "李长顺", "陈国强"}
    assert county.doctor.get("/accounts").status_code == 404
    listed = county.supervisor.get("/accounts").json
    assert listed is not None
    areas = {item["login"]: [area["code"] for area in item["areas"]] for item in listed["items"]}
    assert areas["reviewer"] == [TOWNSHIP]
