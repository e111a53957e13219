"""S32: whoever empties a register is slowed. S44: which bytes left, and why, is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from backend.accounts.model import Account
from backend.api.pace import PACES
from backend.audit import service as audit
from backend.audit.model import Actor
from backend.house import House
from tests.builders.accounts import Page
from tests.builders.county import County
from tests.fakes.clock import FakeClock

FIGURES = {"year": 2026, "month": 11, "reason": "半年会议", "by": "village"}
DAYS = {"form": "htn_followup", "from_on": "2026-11-01", "to_on": "2026-11-30"}
FORM = DAYS | {"format": "csv", "names": True, "reason": "核对数据"}


def ask(county: County, action: str) -> Any:
    match action:
        case "residents_searched":
            return county.reviewer.get("/residents?q=张")
        case "exported":
            return county.reviewer.post("/exports/figures", FIGURES)
        case _:
            return county.doctor.get("/sync")


def page_of(county: County, action: str) -> Page:
    return county.doctor if action == "synced" else county.reviewer


def did(house: House, who: Account, action: str, times: int) -> None:
    with house.write() as session:
        for _ in range(times):
            audit.record(
                session, Actor(who.role, who.id), action, "area", None,
                area_code=None, detail={}, now=house.clock(), request_id=None,
            )  # fmt: skip


@pytest.mark.parametrize("action", sorted(PACES))
def test_sec_s32_too_often_is_told_to_wait(
    house: House, county: County, clock: FakeClock, action: str
) -> None:
    who = page_of(county, action).account
    did(house, who, action, PACES[action].most - 1)
    assert ask(county, action).status_code == 200
    if action == "synced":
        did(house, who, action, 1)  # nothing was new, and nothing is no row
    refused = ask(county, action)
    assert (refused.status_code, refused.json["code"]) == (429, "asked_too_often")
    assert int(refused.headers["Retry-After"]) > 0
    other = replace(county, reviewer=county.other_reviewer, doctor=county.other_doctor)
    assert ask(other, action).status_code == 200, "nobody else waits for it"
    clock.advance(seconds=(PACES[action].within + timedelta(seconds=1)).total_seconds())
    assert ask(county, action).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("figures", FIGURES),
        ("submissions", FORM),
        ("submissions", FORM | {"format": "xlsx"}),
    ],
)
def test_sec_s44_the_audit_says_why_and_which_bytes(
    house: House, county: County, path: str, body: dict[str, Any]
) -> None:
    without = {key: value for key, value in body.items() if key != "reason"}
    assert county.reviewer.post(f"/exports/{path}", without).status_code == 422
    answer = county.reviewer.post(f"/exports/{path}", body)
    data = answer.data
    with house.read() as session:
        (asked,) = audit.of_action(session, "exported")
        (sent,) = audit.of_action(session, "export_sent")
    assert asked.detail["reason"] == body["reason"]
    assert sent.object_id == asked.detail["export_id"]
    assert sent.detail == {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
    assert sent.request_id == asked.request_id == answer.headers["X-Request-Id"]
