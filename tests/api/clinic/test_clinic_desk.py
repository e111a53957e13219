"""The township plans a vaccination day. Today is Monday, 23 November 2026."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from backend import tables
from backend.audit import service as audit
from backend.house import House
from backend.jobs import plan_clinics
from backend.kernel.dates import add_months
from backend.kernel.ids import new_id
from tests.builders.accounts import browser
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, TOWNSHIP, VILLAGE
from tests.builders.county import County
from tests.builders.reminders import make_child, make_dose
from tests.builders.residents import make_household
from tests.fakes.clock import FakeClock

MONTH_OLD = date(2026, 10, 25)  # two days from a month: the second hepatitis B dose
FORGOTTEN = date(2026, 7, 20)  # four months, nothing since birth


def told(answer: TestResponse) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def code(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


def children(house: House) -> tuple[str, str]:
    """One in time, one forgotten; beside them a grown-up, one that died and one elsewhere."""
    with house.write() as session:
        home = make_household(house, session, phone_locked=house.vault.lock("13900000003"))
        small = make_child(house, session, "王小宝", birth_date=MONTH_OLD, household_id=home.id)
        late = make_child(
            house,
            session,
            "陈晚晚",
            birth_date=FORGOTTEN,
            contact_name="陈大妈",
            phone="13900000002",
        )
        for child, born in ((small, MONTH_OLD), (late, FORGOTTEN)):
            for vaccine in ("HepB", "BCG"):
                make_dose(session, child, vaccine, born)
        make_child(house, session, "张秀英", birth_date=date(1958, 3, 4))
        make_child(house, session, "走了", birth_date=MONTH_OLD, status="4")
        make_child(house, session, "别村", village=OTHER_VILLAGE, birth_date=FORGOTTEN)
    return small, late


def test_who_is_due_this_week_with_whom_to_call(house: House, county: County) -> None:
    small, late = children(house)
    answer = told(county.reviewer.get(f"/clinic/due?village={VILLAGE}&until=2026-11-29"))
    assert (answer["village_name"], answer["day"]) == ("上河村", None)
    assert [(one["id"], one["guardian"], one["phone"]) for one in answer["items"]] == [
        (late, "陈大妈", "13900000002"),
        (small, "张大山", "13900000003"),
    ]
    doses = {one["name"]: one["doses"] for one in answer["items"]}
    assert [(dose["dose_id"], dose["due"]) for dose in doses["王小宝"]] == [
        ("HepB-2", "2026-11-25")
    ]
    waits = {dose["dose_id"]: dose["late"] for dose in doses["陈晚晚"]}
    assert waits == {"HepB-2": True, "Polio-1": True, "DTaP-1": True}
    early = told(county.reviewer.get(f"/clinic/due?village={VILLAGE}&until=2026-11-24"))
    assert [one["id"] for one in early["items"]] == [late]
    with house.read() as session:
        entries = audit.of_action(session, "due_children_read")
        assert [entry.detail["count"] for entry in entries] == [2, 1]


@pytest.mark.parametrize(
    "path",
    [
        f"/clinic/due?village={OTHER_VILLAGE}&until=2026-11-29",
        f"/clinic/expected?area={OTHER_VILLAGE}&until=2026-11-29",
        f"/clinic/school?area={OTHER_VILLAGE}&born_from=2020-01-01&born_to=2021-01-01",
        f"/clinic/days?area={OTHER_VILLAGE}&from_on=2026-11-01&to_on=2026-11-29",
        f"/clinic/campaigns?area={OTHER_VILLAGE}&since=2026-11-01",
        f"/clinic/campaigns/children?area={OTHER_VILLAGE}&since=2026-11-01&name=x&vaccine=MMR",
        f"/reactions?area={OTHER_VILLAGE}",
    ],
)
def test_nobody_sees_the_children_of_another_township(county: County, path: str) -> None:
    assert county.reviewer.get(path).status_code == 404
    assert county.other_reviewer.get(path).status_code == 200
    assert county.supervisor.get(path).status_code == 200
    assert county.other_doctor.get(path).status_code == 404  # the desk is for staff


def test_the_night_counts_what_will_be_needed(
    house: House, county: County, clock: FakeClock
) -> None:
    small, _late = children(house)
    path = "/clinic/expected?until=2026-11-29"
    assert told(county.reviewer.get(path)) == {
        "villages": [], "total": [], "children": 0, "as_of": None,
    }  # fmt: skip
    assert plan_clinics(house, house.clock()) == 3
    answer = told(county.reviewer.get(path))
    assert (answer["children"], answer["as_of"]) == (2, "2026-11-23")
    (village,) = answer["villages"]
    assert (village["name"], village["children"]) == ("上河村", 2)
    wanted = {one["vaccine"]: (one["doses"], one["late"]) for one in answer["total"]}
    assert wanted == {"HepB": (2, 1), "IPV": (1, 1), "DTaP": (1, 1)}
    assert told(county.supervisor.get(path))["children"] == 3

    with house.write() as session:
        make_dose(session, small, "HepB", date(2026, 11, 25))
    clock.advance(hours=72)
    assert plan_clinics(house, house.clock()) == 3
    assert plan_clinics(house, house.clock()) == 0  # asked each hour, done once a day
    answer = told(county.reviewer.get(path))
    assert (answer["children"], answer["as_of"]) == (1, "2026-11-26")


def test_a_child_that_moved_away_is_not_counted_the_next_night(
    house: House, county: County, clock: FakeClock
) -> None:
    with house.write() as session:
        child = make_child(house, session, birth_date=FORGOTTEN)
    plan_clinics(house, house.clock())
    assert told(county.reviewer.get("/clinic/expected?until=2026-11-29"))["children"] == 1
    with house.write() as session:
        row = session.get(tables.residents.ResidentRow, child)
        assert row is not None
        row.status = "2"
    clock.advance(hours=24)
    plan_clinics(house, house.clock())
    assert told(county.reviewer.get("/clinic/expected?until=2026-11-29"))["children"] == 0


def test_school_entry_asks_for_every_missing_dose(house: House, county: County) -> None:
    with house.write() as session:
        born = date(2022, 12, 1)
        whole = make_child(house, session, "全全", birth_date=born)
        lacks = make_child(house, session, "缺缺", birth_date=born, village=SIBLING_VILLAGE)
        plan = [("HepB", 0), ("BCG", 0), ("HepB", 1), ("IPV", 2), ("IPV", 3), ("bOPV", 4),
                ("DTaP", 2), ("DTaP", 4), ("DTaP", 6), ("HepB", 6), ("MPSV-A", 6), ("MMR", 8),
                ("JE-L", 8), ("MPSV-A", 9), ("DTaP", 18), ("MMR", 18), ("HepA-L", 18),
                ("JE-L", 24), ("MPSV-AC", 36)]  # fmt: skip
        for vaccine, months in plan:
            on = add_months(born, months)
            make_dose(session, whole, vaccine, on)
            if (vaccine, months) not in (("MMR", 18), ("JE-L", 24)):
                make_dose(session, lacks, vaccine, on)
    path = f"/clinic/school?area={TOWNSHIP}&born_from=2022-09-01&born_to=2023-08-31"
    answer = told(county.reviewer.get(path))
    assert (answer["children"], answer["complete"]) == (2, 1)
    (found,) = answer["items"]
    assert (found["name"], found["village_name"]) == ("缺缺", "下河村")
    assert {dose["dose_id"] for dose in found["doses"]} == {"MMR-2", "JE-L-2"}
    none = told(county.reviewer.get(path.replace("2022-09-01", "2023-01-01")))
    assert none == {"items": [], "children": 0, "complete": 0}


# ── clinic days ──────────────────────────────────────────────────────────────────────────────────


def days_request(**changes: Any) -> dict[str, Any]:
    return {
        "area_code": TOWNSHIP,
        "on": ["2026-11-25", "2026-12-02"],
        "starts": "08:30",
        "ends": "11:30",
        "place": "青山镇卫生院",
    } | changes


def test_clinic_days_are_set_changed_and_taken_back(house: House, county: County) -> None:
    kept = told(county.reviewer.post("/clinic/days", days_request()))["items"]
    assert [day["on"] for day in kept] == ["2026-11-25", "2026-12-02"]
    again = days_request(on=["2026-11-25"], starts="14:00", ends="16:00")
    (changed,) = told(county.reviewer.post("/clinic/days", again))["items"]
    assert (changed["id"], changed["starts"]) == (kept[0]["id"], "14:00")

    path = f"/clinic/days?area={VILLAGE}&from_on=2026-11-23&to_on=2026-12-31"
    assert len(told(county.reviewer.get(path))["items"]) == 2
    children(house)
    due = told(county.reviewer.get(f"/clinic/due?village={VILLAGE}&until=2026-11-29"))
    assert due["day"]["starts"] == "14:00"

    removed = f"/clinic/days/{kept[0]['id']}"
    assert county.other_reviewer.call("DELETE", removed).status_code == 404
    assert county.reviewer.call("DELETE", removed).status_code == 204
    assert county.reviewer.call("DELETE", removed).status_code == 404
    assert [day["on"] for day in told(county.reviewer.get(path))["items"]] == ["2026-12-02"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"starts": "11:30"}, (422, "clinic_times_wrong")),
        ({"starts": "24:00"}, (422, "invalid_request")),
        ({"on": []}, (422, "invalid_request")),
        ({"area_code": OTHER_VILLAGE}, (404, "not_found")),
        ({"area_code": TOWNSHIP[:9] + "999"}, (404, "not_found")),  # no such village
    ],
)
def test_clinic_days_that_cannot_be_are_refused(
    county: County, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code(county.reviewer.post("/clinic/days", days_request(**changes))) == expected


# ── notice slips ─────────────────────────────────────────────────────────────────────────────────


def test_the_code_on_a_slip_opens_the_page_of_its_child_alone(
    app: APIFlask, house: House, county: County
) -> None:
    small, late = children(house)
    tokens = {small: "sl1psl1psl1psl1psl1psl", late: "l4tel4tel4tel4tel4tel4"}
    slips = [
        {"child_id": child, "token_sha256": sha256(token.encode()).hexdigest()}
        for child, token in tokens.items()
    ]
    answer = told(county.reviewer.post("/clinic/slips", {"village": VILLAGE, "slips": slips}))
    assert answer["expires_on"] > "2026-11-23"
    for child, token in tokens.items():
        born = MONTH_OLD if child == small else FORGOTTEN
        headers = {"Authorization": f"Family {token}", "X-Birth-Date": born.isoformat()}
        view = browser(app).get("/api/v1/family", headers=headers).json
        assert view is not None
        assert view["child"]["birth_date"] == born.isoformat()
    with house.read() as session:
        assert len(audit.of_action(session, "notice_slip_printed")) == 2


def test_slips_are_for_children_of_the_village_that_is_named(house: House, county: County) -> None:
    small, _ = children(house)
    with house.write() as session:
        other = make_child(house, session, "下河娃", village=SIBLING_VILLAGE)
    for child, village, who in (
        (small, OTHER_VILLAGE, county.reviewer),
        (small, VILLAGE, county.other_reviewer),
        (other, VILLAGE, county.reviewer),
        (new_id(), VILLAGE, county.reviewer),
    ):
        slip = {"child_id": child, "token_sha256": sha256(child.encode()).hexdigest()}
        answer = who.post("/clinic/slips", {"village": village, "slips": [slip]})
        assert code(answer) == (404, "not_found")


def test_the_worklist_of_a_week_moves_with_the_week(house: House, county: County) -> None:
    small, _ = children(house)
    until = date(2026, 11, 29)
    seen = []
    for week in range(6):
        last = until + timedelta(weeks=week)
        answer = told(county.reviewer.get(f"/clinic/due?village={VILLAGE}&until={last}"))
        seen.append({one["id"]: len(one["doses"]) for one in answer["items"]}.get(small, 0))
    # hepatitis B this week; polio and DTaP only at two months, in the fifth
    assert seen == [1, 1, 1, 1, 3, 3]
