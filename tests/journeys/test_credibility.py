"""What invented visits look like at the desk, who hears of it, and what is done about it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from backend import jobs, tables
from backend.kernel.clock import iso
from backend.submissions.tables import SubmissionRow
from tests.builders.accounts import Page
from tests.builders.areas import TOWNSHIP
from tests.builders.residents import make_household, make_resident
from tests.builders.visits import pressure
from tests.journeys.conftest import Village

HERE = {"lng": 104.05, "lat": 30.05, "accuracy_m": 12, "coord_sys": "WGS-84"}


def people(village: Village, number: int) -> list[str]:
    """So many patients, each in a household of their own."""
    with village.house.write() as session:
        homes = [make_household(village.house, session).id for _ in range(number)]
        return [
            make_resident(village.house, session, household_id=home, name=f"王{no}").id
            for no, home in enumerate(homes)
        ]


def written(village: Village, resident: str, at: datetime, on: date, **answers: Any) -> Any:
    """A visit with its own time of writing."""
    return village.outbox.finalise(
        "htn_followup",
        ("resident", resident),
        pressure(answers.pop("sbp", 136), answers.pop("dbp", 84), on=on.isoformat(), **answers),
        started_at=iso(at - timedelta(minutes=2)),
        finalised_at=iso(at),
        fix=HERE | {"fixed_at": iso(at)},
    )


def kinds(page: Page, submission: str) -> set[str]:
    return {flag["kind"] for flag in page.get(f"/submissions/{submission}").json["flags"]}


def test_a_months_visits_written_in_one_night_are_flagged_afterwards(village: Village) -> None:
    night = village.clock() - timedelta(hours=11)  # 23:00 in China
    sent = [
        written(
            village,
            resident,
            night + timedelta(minutes=4 * no),
            date(2026, 11, 2) + timedelta(days=2 * no),
            sbp=128 + 2 * no,
            weight=60 + no,
        )
        for no, resident in enumerate(people(village, 7))
    ]
    receipts = village.send(*sent)
    first = receipts[0]["submission_id"]
    assert kinds(village.desk, first) >= {"night_entry", "written_late"}
    assert "spread_dates" not in kinds(village.desk, first), "seen only beside the others"

    assert jobs.weigh_credibility(village.house, village.clock()) == 1
    assert "spread_dates" in kinds(village.desk, first)
    (row,) = [r for r in village.rows(SubmissionRow) if r.id == first]
    assert row.flag_count == len(kinds(village.desk, first))

    on_phone = village.synced("submission")[first]
    assert "spread_dates" in {flag["kind"] for flag in on_phone["flags"]}
    before = [r.priority for r in village.rows(SubmissionRow)]
    assert jobs.weigh_credibility(village.house, village.clock()) == 0, "nothing new"
    assert [r.priority for r in village.rows(SubmissionRow)] == before


def test_a_pattern_that_a_correction_dissolves_is_taken_back_from_the_others(
    village: Village,
) -> None:
    day = village.clock().date()
    readings = {"sbp": 133, "dbp": 83, "weight": 61.3, "heart_rate": 77}
    sent = [
        written(village, resident, village.clock() - timedelta(hours=no + 2), day, **readings)
        for no, resident in enumerate(people(village, 2))
    ]
    copied, mended = (receipt["submission_id"] for receipt in village.send(*sent))
    jobs.weigh_credibility(village.house, village.clock())
    assert "copied_answers" in kinds(village.desk, copied) & kinds(village.desk, mended)
    before = {row.id: row for row in village.rows(SubmissionRow)}

    content = dict(readings, sbp=128, dbp=79, weight=57.0)
    again = village.outbox.finalise(
        "htn_followup",
        ("resident", before[mended].subject_id),
        pressure(content.pop("sbp"), content.pop("dbp"), on=day.isoformat(), **content),
        corrects=(mended, before[mended].version_id),
    )
    village.send(again)
    jobs.weigh_credibility(village.house, village.clock())
    assert "copied_answers" not in kinds(village.desk, copied) | kinds(village.desk, mended)
    after = {row.id: row for row in village.rows(SubmissionRow)}[copied]
    assert after.flag_count == before[copied].flag_count - 1 == len(kinds(village.desk, copied))
    assert after.priority < before[copied].priority
    on_phone = village.synced("submission")[copied]
    assert "copied_answers" not in {flag["kind"] for flag in on_phone["flags"]}


def test_the_doctor_hears_of_a_signal_first_and_explains_it(village: Village) -> None:
    day = village.clock().date()
    sent = [
        written(
            village, resident, village.clock() - timedelta(hours=11, minutes=no), day, weight=60
        )
        for no, resident in enumerate(people(village, 31))
    ]
    village.send(*sent)
    jobs.weigh_credibility(village.house, village.clock())

    (line,) = village.desk.get("/review/workers").json["items"]
    assert (line["signals"], line["score"], line["alarm"]) == (0, 0, False)

    own = village.doctor.get("/review/own").json
    assert {"night_writing", "copied_answers"} <= {one["kind"] for one in own["found"]}
    village.doctor.post(
        "/review/own/comments", {"kind": "night_writing", "text": "停电，晚上才补录"}
    )
    (line,) = village.desk.get("/review/workers").json["items"]
    assert (line["signals"] > 0, line["answered"]) == (True, True)
    shown = village.desk.get(f"/review/workers/{line['worker']['id']}").json
    assert [said["text"] for said in shown["comments"]] == ["停电，晚上才补录"]
    assert sum(next(d for d in shown["distributions"] if d["kind"] == "hours")["mine"]) == 31


def test_after_three_days_the_township_sees_it_all_the_same(village: Village) -> None:
    day = village.clock().date()
    night = village.clock() - timedelta(hours=11)
    village.send(
        *(
            written(village, resident, night - timedelta(minutes=no), day)
            for no, resident in enumerate(people(village, 40))
        )
    )
    jobs.weigh_credibility(village.house, village.clock())
    village.clock.advance(days=3)
    (line,) = village.desk.get("/review/workers").json["items"]
    assert line["signals"] > 0


def test_one_visit_from_two_phones_is_flagged_on_both_and_decided_once(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    other, outbox = village.another_doctor()
    (second,) = village.send(
        outbox.finalise("htn_followup", ("resident", village.patient), pressure(148, 90)), by=other
    )
    ids = [first["id"], second["id"]]
    assert all("same_visit" in kinds(village.desk, one) for one in ids)
    body = {
        "items": [{"id": one, "version_id": one} for one in ids],
        "kept": [ids[0]],
        "reason": "同一次随访，保留一份",
    }
    answer = village.desk.post("/review/same-visit", body)
    assert {one["id"]: one["state"] for one in answer.json["items"]} == {
        ids[0]: "approved",
        ids[1]: "rejected",
    }
    assert village.desk.post("/review/same-visit", body).json["code"] == "decided_meanwhile"


def test_a_twin_that_comes_after_the_approval_is_settled_as_well(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))["id"]
    body = {"version_id": first, "verdict": "approved", "fields": [], "reason": None}
    village.desk.post(f"/review/items/{first}/decision", body)
    other, outbox = village.another_doctor()
    (second,) = village.send(
        outbox.finalise("htn_followup", ("resident", village.patient), pressure(148, 90)), by=other
    )
    answer = village.desk.post(
        "/review/same-visit",
        {
            "items": [{"id": one, "version_id": one} for one in (first, second["id"])],
            "kept": [first],
            "reason": "同一次随访，保留一份",
        },
    )
    assert [one["state"] for one in answer.json["items"]] == ["approved", "rejected"]


def test_two_records_that_were_never_flagged_together_are_no_same_visit(village: Village) -> None:
    ids = [village.visit("htn_followup", pressure(150, 92))["id"]]
    ids.append(
        village.send(
            village.outbox.finalise(
                "htn_followup", ("resident", people(village, 1)[0]), pressure(148, 90)
            )
        )[0]["id"]
    )
    body = {
        "items": [{"id": one, "version_id": one} for one in ids],
        "kept": ids[:1],
        "reason": "重复",
    }
    assert village.desk.post("/review/same-visit", body).json["code"] == "not_same_visit"


def approve(village: Village, *ids: str) -> Any:
    return village.desk.post(
        "/review/approvals", {"items": [{"id": one, "version_id": one} for one in ids]}
    )


def clean(village: Village, number: int) -> list[str]:
    """Visits without any doubt."""
    now = village.clock()
    sent = [
        written(village, one, now - timedelta(minutes=7 * no), now.date(), sbp=105 + no, dbp=70)
        for no, one in enumerate(people(village, number))
    ]
    return [receipt["submission_id"] for receipt in village.send(*sent)]


def test_many_are_approved_at_once_and_the_doubtful_are_left(village: Village) -> None:
    ids = clean(village, 3)
    late = written(
        village, people(village, 1)[0], village.clock(), village.clock().date() - timedelta(days=9)
    )
    doubtful = village.send(late)[0]["submission_id"]
    answer = approve(village, *ids, doubtful).json
    assert set(answer["approved"]) == set(ids)
    assert answer["left"] == [{"id": doubtful, "code": "has_doubts"}]
    actions = [row.action for row in village.rows(tables.audit.AuditRow)]
    assert actions.count("submission_approved") == 3


def test_an_approval_of_many_can_be_taken_back_for_ten_seconds(village: Village) -> None:
    ids = clean(village, 2)
    batch = approve(village, *ids).json["batch_id"]
    village.clock.advance(seconds=9)
    undone = village.desk.post(f"/review/approvals/{batch}/undo")
    assert set(undone.json["undone"]) == set(ids)
    assert {r.state for r in village.rows(SubmissionRow)} == {"received"}

    batch = approve(village, *ids).json["batch_id"]
    village.clock.advance(seconds=16)
    assert village.desk.post(f"/review/approvals/{batch}/undo").json["code"] == "undo_too_late"
    assert {r.state for r in village.rows(SubmissionRow)} == {"approved"}


def test_a_township_lets_the_unflagged_pass_after_some_days_but_for_a_drawn_share(
    village: Village,
) -> None:
    ids = clean(village, 30)
    set_ = {"area_code": TOWNSHIP, "after_days": 3, "sample_percent": 30}
    assert village.desk.post("/review/policies", set_).status_code == 200
    assert jobs.pass_unflagged(village.house, village.clock()) == 0, "too early"

    village.clock.advance(days=4)
    assert jobs.pass_unflagged(village.house, village.clock()) == len(ids)
    states = {r.id: r.state for r in village.rows(SubmissionRow)}
    left = [one for one in ids if states[one] == "received"]
    assert 0 < len(left) < 20
    assert all(kinds(village.desk, one) == {"drawn"} for one in left)
    assert jobs.pass_unflagged(village.house, village.clock()) == 0


@pytest.mark.parametrize("area", ["510000000000", "340828104201"])
def test_only_a_township_of_ones_own_may_let_pass(village: Village, area: str) -> None:
    body = {"area_code": area, "after_days": 3, "sample_percent": 10}
    assert village.desk.post("/review/policies", body).status_code in (404, 422)


def test_doctor_and_township_talk_about_a_record(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))["id"]
    village.desk.post(f"/submissions/{first}/comments", {"text": "当天在哪里随访？", "kind": None})
    (said,) = village.synced("submission")[first]["comments"]
    assert (said["text"], said["by"]["name"]) == ("当天在哪里随访？", "李审核")
    village.doctor.post(f"/submissions/{first}/comments", {"text": "在村卫生室", "kind": None})
    shown = village.desk.get(f"/submissions/{first}").json["comments"]
    assert [one["text"] for one in shown] == ["当天在哪里随访？", "在村卫生室"]

    other, _ = village.another_doctor()
    body = {"text": "不是我的", "kind": None}
    assert other.post(f"/submissions/{first}/comments", body).status_code == 404
    assert (
        village.desk.post(f"/submissions/{first}/comments", {"text": "", "kind": None}).status_code
        == 422
    )


def test_filters_are_kept_for_their_reviewer(village: Village) -> None:
    saved = {"name": "只看高血压", "filter": {"form": "htn_followup", "flagged": True}}
    (mine,) = village.desk.post("/review/filters", saved).json["items"]
    again = village.desk.post("/review/filters", saved | {"filter": {"flagged": True}}).json[
        "items"
    ]
    assert [one["filter"] for one in again] == [{"flagged": True}]
    assert village.desk.delete(f"/review/filters/{mine['id']}").status_code == 404
    assert village.desk.delete(f"/review/filters/{again[0]['id']}").status_code == 204
    assert village.desk.get("/review/filters").json["items"] == []


def test_the_map_shows_the_day_and_the_households_nobody_saw(village: Village) -> None:
    seen = village.visit("htn_followup", pressure(150, 92))["submission_id"]
    people(village, 2)
    shown = village.desk.get("/review/map?day=2026-11-23").json
    assert [one["id"] for one in shown["visits"]] == [seen]
    assert len(shown["uncovered"]) == shown["households"] - 1
    assert village.desk.get("/review/map?day=2026-11-22").json["visits"] == []
    assert village.doctor.get("/review/map").status_code == 404
