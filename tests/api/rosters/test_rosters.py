"""The township brings in a village's list: looked at first, then written, and taken back."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import jobs, tables
from backend.house import House
from backend.kernel.ids import new_id
from tests.builders.areas import OTHER_VILLAGE, VILLAGE
from tests.builders.county import County
from tests.builders.residents import make_resident

ID_NO = "340828195803040045"
HEAD = "姓名,性别,出生日期,身份证号,联系电话,户编号,家庭住址\n"
ROWS = (
    "李大山,男,1954-1-1,,13888880009,7,4组69号\n"
    "李秀英,女,1956-3-2,,13888880009,7,4组69号\n"
    "李秀英,女,1956-3-2,,13888880009,7,4组69号\n"
    f"张秀英,女,1958-3-4,{ID_NO},,,\n"
    "王芳,女,属猴,,,,\n"
)
PEOPLE = tables.residents.ResidentRow


@pytest.fixture
def registered(house: House) -> str:
    """Somebody of the list who is registered already."""
    with house.write() as session:
        return make_resident(house, session, id_no=ID_NO).id


def body(text: str = HEAD + ROWS, **more: Any) -> dict[str, Any]:
    content = b64encode(text.encode()).decode()
    return {"id": new_id(), "content": content, "village_code": VILLAGE} | more


def count(house: House, table: Any) -> int:
    with house.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def take(county: County, asked: dict[str, Any], **more: Any) -> Any:
    return county.reviewer.post("/rosters", asked | {"file_name": "凤田村.csv"} | more)


def test_every_row_is_matched_before_anything_is_written(
    house: House, county: County, registered: str
) -> None:
    # They are found by the keys that a nightly job or their own registration gave them.
    known_to_matching(house)
    answer = county.reviewer.post("/rosters/look", body())
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert told["counts"] == {"new": 2, "twice": 1, "known": 1, "wrong": 1}
    assert told["columns"]["household_no"] == "户编号"
    lines = {one["number"]: one for one in told["items"]}
    assert lines[4]["earlier"] == 3
    assert [one["id"] for one in lines[5]["others"]] == [registered]
    assert [one["code"] for one in lines[6]["doubts"]] == ["birth_unreadable"]
    assert (lines[6]["sex"], lines[6]["birth_date"]) == ("2", None), "what could be read is shown"
    assert count(house, PEOPLE) == 1


def known_to_matching(house: House) -> None:
    jobs.match_people(house, house.clock())


def test_the_new_are_written_once_however_often_it_is_sent(house: House, county: County) -> None:
    asked = body()
    first = take(county, asked)
    assert first.status_code == 200, first.text
    assert (first.json["residents"], first.json["households"]) == (3, 1)
    assert first.json["left_out"] == 2
    again = take(county, asked)
    assert (again.json["residents"], again.json["households"]) == (3, 1)
    assert count(house, PEOPLE) == 3
    found = county.reviewer.get("/residents?q=李秀英").json["items"]
    assert [one["household_no"] for one in found] == ["7"]
    with house.read() as session:
        told = session.scalars(
            select(tables.audit.AuditRow.action).where(
                tables.audit.AuditRow.object_kind == "roster"
            )
        ).all()
    assert told == ["roster_taken"]


def test_rows_that_are_other_people_after_all_are_taken_when_said_so(
    house: House, county: County, registered: str
) -> None:
    known_to_matching(house)
    answer = take(county, body(), also=[5], without=[2])
    assert answer.json["residents"] == 2
    (pair,) = county.reviewer.get("/duplicates").json["items"]
    assert registered in {side["resident"]["id"] for side in pair["sides"]}


def test_within_a_day_it_is_taken_back_but_for_those_somebody_changed(
    house: House, county: County
) -> None:
    roster = take(county, body()).json
    with house.write() as session:
        row = session.scalars(select(PEOPLE).where(PEOPLE.name == "李大山")).one()
        row.updated_at = house.clock() + timedelta(minutes=5)
    answer = county.reviewer.post(f"/rosters/{roster['id']}/undo", {})
    assert answer.json == {"id": roster["id"], "removed": 2, "kept": 1}
    assert count(house, PEOPLE) == 1
    assert count(house, tables.residents.HouseholdRow) == 1  # he lives there
    assert county.reviewer.post(f"/rosters/{roster['id']}/undo", {}).status_code == 409
    (listed,) = county.reviewer.get("/rosters").json["items"]
    assert listed["undone_at"] is not None


def test_nobody_brings_people_into_the_villages_of_others(house: House, county: County) -> None:
    assert (
        county.reviewer.post("/rosters/look", body(village_code=OTHER_VILLAGE)).status_code == 404
    )
    assert county.doctor.post("/rosters/look", body()).status_code == 404
    roster = take(county, body()).json
    assert county.other_reviewer.post(f"/rosters/{roster['id']}/undo", {}).status_code == 404
    assert county.other_reviewer.get("/rosters").json["items"] == []


def test_a_file_that_is_none_is_refused_in_words(county: County) -> None:
    answer = county.reviewer.post("/rosters/look", body() | {"content": "%%%"})
    assert (answer.status_code, answer.json["code"]) == (422, "roster_unreadable")
