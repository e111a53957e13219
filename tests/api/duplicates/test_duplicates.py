"""The township decides who is one person, and can take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend import jobs, tables
from backend.house import House
from backend.kernel.ids import new_id
from backend.residents import service as residents
from backend.submissions.store import submissions
from tests.builders.accounts import Page
from tests.builders.areas import OTHER_VILLAGE, VILLAGE
from tests.builders.county import County
from tests.builders.figures import submission
from tests.builders.residents import make_household, make_resident

ID_NO = "340828195803040045"


@pytest.fixture
def twice(house: House) -> tuple[str, str]:
    """(kept, doubled): one woman registered twice in a house, the second time without a number."""
    with house.write() as session:
        home = make_household(house, session, address="1组12号")
        kept = make_resident(house, session, household_id=home.id, id_no=ID_NO, phone="13888880001")
        doubled = make_resident(
            house, session, household_id=home.id, name="张秀瑛", phone="13888880001"
        )
        make_resident(house, session, name="王大勇", sex="1", birth_date=date(1980, 2, 2))
        session.add(
            tables.programmes.EnrolmentRow(
                id=new_id(),
                resident_id=doubled.id,
                village_code=VILLAGE,
                programme="hypertension",
                since=date(2026, 1, 5),
                updated_at=house.clock(),
            )
        )
    assert jobs.match_people(house, house.clock()) == 1
    return kept.id, doubled.id


def listed(county: County) -> list[dict]:
    answer = county.reviewer.get("/duplicates")
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def decide(page: Page, pair_id: str, decision: str, survivor: str | None = None) -> TestResponse:
    body = {"decision": decision, "survivor_id": survivor}
    return page.post(f"/duplicates/{pair_id}/decision", body)


def enrolled(house: House, resident_id: str) -> int:
    with house.read() as session:
        row = tables.programmes.EnrolmentRow
        return len(session.scalars(select(row.id).where(row.resident_id == resident_id)).all())


def test_both_are_shown_side_by_side_with_the_reason(
    county: County, twice: tuple[str, str]
) -> None:
    (pair,) = listed(county)
    assert {side["resident"]["id"] for side in pair["sides"]} == set(twice)
    why = {one["field"]: one["level"] for one in pair["why"]}
    assert why["name"] == "sound"
    assert why["id_no"] == "missing"
    assert "********" in str([side["resident"]["id_no"] for side in pair["sides"]])


def test_a_merge_takes_everything_along_and_undo_gives_it_back(
    house: House, county: County, twice: tuple[str, str]
) -> None:
    kept, doubled = twice
    (pair,) = listed(county)
    answer = decide(county.reviewer, pair["id"], "merge", kept)
    assert answer.json == {"id": pair["id"], "state": "merged"}, answer.text
    assert listed(county) == []
    with house.read() as session:
        found = residents.by_ids(session, house.vault, twice)
        assert found[doubled].merged_into == kept
        assert residents.survivor(session, house.vault, doubled).id == kept
    assert (enrolled(house, kept), enrolled(house, doubled)) == (1, 0)

    assert decide(county.reviewer, pair["id"], "undo").json["state"] == "open"
    assert [one["id"] for one in listed(county)] == [pair["id"]]
    with house.read() as session:
        assert residents.by_ids(session, house.vault, [doubled])[doubled].merged_into is None
    assert (enrolled(house, kept), enrolled(house, doubled)) == (0, 1)


def test_who_is_kept_apart_stays_apart(
    house: House, county: County, twice: tuple[str, str]
) -> None:
    (pair,) = listed(county)
    assert decide(county.reviewer, pair["id"], "keep_apart").json["state"] == "kept_apart"
    jobs.match_people(house, house.clock())
    assert listed(county) == []


def test_the_second_of_two_who_decide_is_told(county: County, twice: tuple[str, str]) -> None:
    (pair,) = listed(county)
    decide(county.reviewer, pair["id"], "merge", twice[0])
    late = decide(county.supervisor, pair["id"], "merge", twice[1])
    assert (late.status_code, late.json["code"]) == (409, "decided_meanwhile")
    unsaid = decide(county.supervisor, pair["id"], "merge")
    assert unsaid.json["code"] == "survivor_missing"


def test_another_township_sees_and_decides_nothing(county: County, twice: tuple[str, str]) -> None:
    (pair,) = listed(county)
    assert county.other_reviewer.get("/duplicates").json["items"] == []
    assert decide(county.other_reviewer, pair["id"], "keep_apart").status_code == 404


def told(house: House, since: int) -> set[tuple[str, str]]:
    """(Kind, object id) of what phones hear of since a place of the feed."""
    row = tables.feed.ChangeRow
    with house.read() as session:
        found = session.execute(select(row.kind, row.object_id).where(row.seq > since)).all()
    return {(kind, object_id) for kind, object_id in found}


def newest(house: House) -> int:
    with house.read() as session:
        return session.scalar(select(func.max(tables.feed.ChangeRow.seq))) or 0


def test_visits_follow_to_the_survivor_and_back_and_phones_hear_of_it(
    house: House, county: County, twice: tuple[str, str]
) -> None:
    kept, doubled = twice
    visit = submission("htn_followup", ("resident", doubled), date(2026, 5, 6), answers={})
    with house.write() as session:
        submissions.add(session, [visit])
    (pair,) = listed(county)
    for decision, holder in (("merge", kept), ("undo", doubled)):
        before = newest(house)
        assert decide(county.reviewer, pair["id"], decision, kept).status_code == 200
        with house.read() as session:
            assert submissions.by_ids(session, [visit.id])[visit.id].subject.id == holder
        heard = told(house, before)
        assert {("submission", visit.id), ("resident", kept), ("resident", doubled)} <= heard


def test_a_pair_across_townships_is_for_whoever_sees_both(
    house: House, county: County, twice: tuple[str, str]
) -> None:
    _, doubled = twice
    (pair,) = listed(county)
    with house.write() as session:
        moved = residents.by_ids(session, house.vault, [doubled])[doubled]
        away = replace(moved, village_code=OTHER_VILLAGE)
        residents.save(session, house.vault, (), [away], house.clock())
    assert listed(county) == []
    assert decide(county.reviewer, pair["id"], "merge", twice[0]).status_code == 404
    assert county.other_reviewer.get("/duplicates").json["items"] == []
    assert decide(county.supervisor, pair["id"], "merge", twice[0]).json["state"] == "merged"
