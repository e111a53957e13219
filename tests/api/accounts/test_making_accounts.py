"""A township makes and switches off its doctors' accounts, a county its reviewers' too."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask

from backend import tables
from backend.house import House
from tests.builders.accounts import PASSWORD, browser
from tests.builders.areas import (
    COUNTY,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    SIBLING_VILLAGE,
    TOWNSHIP,
    VILLAGE,
)
from tests.builders.county import County

NEW = {"login": "Liu.Fang", "name": "刘芳", "role": "worker", "areas": [VILLAGE]}


def sign_in(app: APIFlask, login: str, password: str, entry: str = "capture") -> Any:
    body = {"login": login, "password": password, "entry": entry}
    return browser(app).post("/api/v1/auth/login", json=body)


def line(county: County, account_id: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = county.reviewer.get("/accounts").json["items"]
    return next(item for item in items if item["id"] == account_id)


def test_a_new_doctor_signs_in_once_with_what_the_township_reads_out(
    app: APIFlask, county: County, house: House
) -> None:
    made = county.reviewer.post("/accounts", NEW)
    assert made.status_code == 201
    assert made.json["login"] == "liu.fang"
    session = sign_in(app, "liu.fang", made.json["password"])
    assert session.status_code == 200
    assert session.json["needs"] == ["new_password", "device"]
    assert line(county, made.json["id"])["areas"][0]["code"] == VILLAGE
    taken = county.reviewer.post("/accounts", NEW)
    assert (taken.status_code, taken.json["code"]) == (409, "login_taken")
    with house.read() as read:
        (row,) = read.query(tables.audit.AuditRow).filter_by(action="account_created")
    assert (row.object_id, row.area_code) == (made.json["id"], VILLAGE)
    assert made.json["password"] not in repr(row.detail)


@pytest.mark.parametrize(
    ("who", "change", "status"),
    [
        ("reviewer", {"areas": [OTHER_VILLAGE]}, 404),
        ("reviewer", {"areas": [VILLAGE, OTHER_VILLAGE]}, 404),
        ("reviewer", {"areas": [TOWNSHIP]}, 404),
        ("reviewer", {"areas": ["990123100999"]}, 404),
        ("reviewer", {"areas": []}, 422),
        ("reviewer", {"role": "reviewer", "areas": [TOWNSHIP]}, 404),
        ("reviewer", {"role": "supervisor", "areas": [COUNTY]}, 422),
        ("reviewer", {"login": "a b"}, 422),
        ("doctor", {}, 404),
        ("supervisor", {"role": "reviewer", "areas": [OTHER_TOWNSHIP]}, 201),
        ("supervisor", {"role": "reviewer", "areas": [COUNTY]}, 404),
        ("supervisor", {"areas": [OTHER_VILLAGE, VILLAGE]}, 201),
    ],
)
def test_whom_each_may_make(county: County, who: str, change: dict[str, Any], status: int) -> None:
    assert getattr(county, who).post("/accounts", NEW | change).status_code == status


def test_switched_off_nobody_comes_in_and_switched_on_they_do_again(
    app: APIFlask, county: County, house: House
) -> None:
    doctor = county.doctor.account.id
    off = county.reviewer.post(f"/accounts/{doctor}/disable", {"reason": "已经离岗"})
    assert off.status_code == 204
    shut = sign_in(app, "doctor", PASSWORD)
    assert (shut.status_code, shut.json["code"]) == (403, "account_disabled")
    assert line(county, doctor)["disabled_at"] is not None
    assert (
        county.other_reviewer.post(f"/accounts/{doctor}/enable", {"reason": "回来了"}).status_code
        == 404
    )
    assert (
        county.reviewer.post(f"/accounts/{doctor}/enable", {"reason": "回来了"}).status_code == 204
    )
    assert line(county, doctor)["disabled_at"] is None
    assert sign_in(app, "doctor", PASSWORD).status_code == 200
    with house.read() as session:
        actions = [row.action for row in session.query(tables.audit.AuditRow)]
    assert {"account_disabled", "account_enabled"} <= set(actions)


def test_whoever_gave_away_the_last_village_is_still_there_and_is_given_one_again(
    county: County,
) -> None:
    doctor, sibling = county.doctor.account.id, county.sibling_doctor.account.id
    body = {"from_id": doctor, "to_id": sibling, "reason": "轮岗三个月"}
    assert county.reviewer.post(f"/areas/{VILLAGE}/transfer", body).status_code == 200
    assert line(county, doctor)["areas"] == []
    back = {"from_id": sibling, "to_id": doctor, "reason": "轮岗结束了"}
    assert county.reviewer.post(f"/areas/{VILLAGE}/transfer", back).status_code == 200
    assert [area["code"] for area in line(county, doctor)["areas"]] == [VILLAGE]

    assert county.reviewer.post(f"/areas/{VILLAGE}/transfer", body).status_code == 200
    path = f"/accounts/{doctor}/areas"
    for far in (OTHER_VILLAGE, TOWNSHIP):
        assert county.reviewer.post(path, {"area": far}).status_code == 404
    assert county.other_reviewer.post(path, {"area": OTHER_VILLAGE}).status_code == 404
    assert county.reviewer.post(path, {"area": SIBLING_VILLAGE}).status_code == 204
    assert [area["code"] for area in line(county, doctor)["areas"]] == [SIBLING_VILLAGE]
    assert county.supervisor.post(path, {"area": OTHER_VILLAGE}).status_code == 204


def test_a_lost_authenticator_is_forgotten_by_the_county(county: County) -> None:
    path = f"/accounts/{county.reviewer.account.id}/second-factor"
    assert county.other_reviewer.delete(path).status_code == 404
    assert county.supervisor.delete(path).status_code == 204
    asked = county.reviewer.get("/accounts")
    assert (asked.status_code, asked.json["code"]) == (403, "needs_first")
