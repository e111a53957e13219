"""Tasks at the desk: why, how late, set aside, and by whom. Monday, 23 November 2026."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from backend.followups import store as followups
from backend.followups.model import Reason, Task
from backend.house import House
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE
from tests.builders.county import County
from tests.builders.tasks import make_task

TODAY = date(2026, 11, 23)
REASON = Reason("H7", {"zh-CN": "控制满意", "en": "controlled"})


def task(closes_in: int, village: str = VILLAGE, **changes: Any) -> Task:
    return make_task(
        TODAY + timedelta(days=closes_in),
        village,
        reasons=(REASON,),
        rule_version="hypertension/1",
        **changes,
    )


def save(house: House, *tasks: Task) -> None:
    house.transact(lambda session: followups.save(session, tasks, house.clock()))


def listed(county: County, state: str) -> Any:
    answer = county.reviewer.get(f"/tasks?state={state}")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return answer.json


def test_the_township_sees_what_has_escalated_and_why(house: House, county: County) -> None:
    save(house, task(-3), task(-40), task(-8, kind="referral_check"), task(9, escalation="E3"))
    page = listed(county, "escalated")
    assert [(one["level"], one["overdue_days"]) for one in page["items"]] == [
        ("E2", 40), ("E2", 8), ("E3", 0),
    ]  # fmt: skip
    assert page["counts"]["overdue"] == 3
    assert page["items"][0]["why"]["zh-CN"] == "按日历应做：控制满意（规则 H7，hypertension/1）"


def test_set_aside_and_taken_back(house: House, county: County) -> None:
    one = task(-3)
    save(house, one)
    path = f"/tasks/{one.id}/postponement"
    body = {"until": "2026-12-10", "reason": "away"}
    assert county.doctor.post(path, body).status_code == 204
    assert listed(county, "overdue")["items"] == []
    (aside,) = listed(county, "postponed")["items"]
    assert (aside["postponed_until"], aside["postponed_reason"]) == ("2026-12-10", "away")
    save(house, task(-3, id=one.id, subject_id=one.subject_id))  # a visit that arrives late
    assert len(listed(county, "postponed")["items"]) == 1
    assert county.doctor.delete(path).status_code == 204
    assert len(listed(county, "overdue")["items"]) == 1
    assert county.doctor.post(path, body).status_code == 204
    answer = county.doctor.post(path, body)
    assert answer.json is not None
    assert answer.json["code"] == "postponed_too_often"


def test_nobody_sets_aside_what_is_not_theirs(house: House, county: County) -> None:
    one = task(-3, OTHER_VILLAGE)
    save(house, one)
    answer = county.reviewer.post(
        f"/tasks/{one.id}/postponement", {"until": "2026-12-10", "reason": "away"}
    )
    assert answer.status_code == 404


def test_the_weekly_list_by_doctor(house: House, county: County) -> None:
    save(house, task(-1), task(-7), task(-31), task(-31, SIBLING_VILLAGE), task(5, escalation="E3"))
    answer = county.reviewer.get("/tasks/arrears")
    assert answer.json is not None, answer.text
    lines = {one["doctor"]: one for one in answer.json["items"]}
    mine = lines["张玉兰"]
    assert (mine["overdue"], mine["week"], mine["month"], mine["emergencies"]) == (3, 2, 1, 1)
    assert county.doctor.get("/tasks/arrears").status_code == 404
