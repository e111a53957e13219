"""The township sees who was told and who could not be reached, in its own villages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.house import House
from backend.kernel.ids import new_id
from backend.reminders.model import Outcome
from backend.reminders.store import reminders
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE
from tests.builders.county import County
from tests.builders.reminders import make_child, make_dispatcher, make_plan, push_request
from tests.fakes.channel import FakeChannel


def plan(house: House, *plans: Any) -> None:
    house.transact(lambda s: reminders.plan(s, plans, house.clock()))


def test_the_call_list_names_whom_no_push_reached(house: House, county: County) -> None:
    channel = FakeChannel()
    county.doctor.post("/push/subscriptions", push_request("phone"))
    channel.will("https://fcm.googleapis.com/fcm/send/phone", Outcome("gone", 410))
    with house.write() as session:
        child = make_child(house, session, "李小宝")
    plan(
        house,
        make_plan(house, county.doctor.account.id, reason="urgent:t1"),
        make_plan(
            house,
            child,
            addressee_kind="family",
            reason="vaccination",
            due_at=house.clock() + timedelta(days=1),
            message={"kind": "family", "steps": []},
        ),
    )
    make_dispatcher(house, channel).run()

    answer = county.reviewer.get("/reminders?state=unreachable")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    (line,) = answer.json["items"]
    assert line["addressee_name"] == "张玉兰"
    assert line["reason"] == "urgent"
    assert [(a["channel"], a["outcome"], a["http_status"]) for a in line["attempts"]] == [
        ("web_push", "gone", 410)
    ]

    everything = county.reviewer.get("/reminders").json
    assert everything is not None
    assert [one["addressee_name"] for one in everything["items"]] == ["李小宝", "张玉兰"]


def test_pages_follow_each_other_without_gap_or_twice(house: House, county: County) -> None:
    now = house.clock().replace(microsecond=123456)
    for number in range(7):
        plan(house, make_plan(house, new_id(), due_at=now + timedelta(microseconds=number // 2)))
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        answer = county.reviewer.get(f"/reminders?limit=2{cursor}")
        assert answer.json is not None, answer.text
        seen += [one["id"] for one in answer.json["items"]]
        if answer.json["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json['next_cursor']}"
    assert len(seen) == len(set(seen)) == 7


def test_each_township_sees_its_own(house: House, county: County) -> None:
    for village in (VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE):
        plan(house, make_plan(house, new_id(), area_code=village))
    for page, number in ((county.reviewer, 2), (county.other_reviewer, 1), (county.supervisor, 3)):
        answer = page.get("/reminders")
        assert answer.json is not None
        assert len(answer.json["items"]) == number
    one = county.reviewer.get(f"/reminders?village={VILLAGE}").json
    assert one is not None
    assert len(one["items"]) == 1
    assert county.reviewer.get(f"/reminders?village={OTHER_VILLAGE}").status_code == 404
    assert county.doctor.get("/reminders").status_code == 404


def test_a_cursor_that_is_none_is_refused(county: County) -> None:
    for cursor in ("x", "2026-11-23T02:00:00Z~x", f"never~{new_id()}"):
        assert county.reviewer.get(f"/reminders?cursor={cursor}").status_code == 422
