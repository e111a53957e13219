"""The township returns a visit, the doctor corrects it, and both see what changed."""

from __future__ import annotations

from typing import Any

import pytest

from backend import tables
from tests.builders.accounts import Page, make_account
from tests.builders.areas import OTHER_TOWNSHIP
from tests.builders.residents import make_resident
from tests.builders.visits import pressure
from tests.journeys.conftest import Village


def decide(village: Village, submission: str, version: str, verdict: str, **said: Any) -> Any:
    body = {"version_id": version, "verdict": verdict, "fields": [], "reason": None} | said
    return village.desk.post(f"/review/items/{submission}/decision", body)


def correct(village: Village, submission: str, base: str, sbp: int, dbp: int) -> dict[str, Any]:
    return village.visit("htn_followup", pressure(sbp, dbp), corrects=(submission, base))


def test_returned_corrected_approved(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    listed = village.desk.get("/submissions?state=received").json
    assert [item["id"] for item in listed["items"]] == [first["id"]]
    assert listed["counts"]["received"] == 1

    answer = decide(
        village, first["id"], first["id"], "returned", fields=["sbp"], reason="请核对收缩压"
    )
    assert answer.status_code == 200
    assert answer.json["state"] == "returned"

    on_phone = village.synced("submission")[first["id"]]
    assert on_phone["state"] == "returned"
    assert on_phone["returned"]["fields"] == ["sbp"]
    assert on_phone["returned"]["reason"] == "请核对收缩压"
    assert on_phone["returned"]["by"] == "李审核"

    second = correct(village, first["id"], first["id"], 136, 84)
    assert second["submission_id"] == first["id"]

    shown = village.desk.get(f"/submissions/{first['id']}").json
    assert shown["state"] == "corrected"
    assert [v["no"] for v in shown["versions"]] == [1, 2]
    assert {"sbp", "dbp", "fu_class"} <= set(shown["versions"][1]["changed"])
    assert shown["versions"][0]["answers"]["sbp"] == 150

    assert decide(village, first["id"], second["id"], "approved").json["state"] == "approved"
    assert village.synced("submission")[first["id"]]["returned"] is None


def test_what_was_confirmed_comes_back_to_its_doctor_alone(village: Village) -> None:
    first = village.visit("htn_followup", pressure(186, 100), confirmed=["sbp"])
    colleague, _ = village.another_doctor()

    assert village.synced("submission")[first["id"]]["confirmed"] == ["sbp"]
    assert village.synced("submission", by=colleague)[first["id"]]["confirmed"] == []


def test_a_correction_works_the_follow_up_out_anew(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    (before,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "hypertension"]
    assert before.closes.isoformat() == "2026-12-07"

    correct(village, first["id"], first["id"], 136, 84)
    (after,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "hypertension"]
    assert after.id == before.id, "the anchor is the first version: the phone knows this task"
    assert (after.reasons[0]["rule"], after.closes.isoformat()) == ("H7", "2027-03-23")


def test_a_rejected_visit_leaves_no_task_and_an_approval_brings_it_back(village: Village) -> None:
    first = village.visit("htn_followup", pressure(182, 100))
    decide(village, first["id"], first["id"], "rejected", reason="未见到本人")
    assert "requested" not in {
        t.state for t in village.rows(tables.followups.TaskRow) if t.service == "hypertension"
    }

    decide(village, first["id"], first["id"], "approved")
    (task,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "hypertension"]
    assert (task.state, task.escalation) == ("requested", "E3")


def test_two_reviewers_do_not_overwrite_each_other(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    assert decide(village, first["id"], first["id"], "returned", reason="核对").status_code == 200
    late = decide(village, first["id"], first["id"], "approved")
    assert (late.status_code, late.json["code"]) == (409, "decided_meanwhile")


def test_a_decision_about_a_version_that_was_corrected_meanwhile_is_not_taken(
    village: Village,
) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    correct(village, first["id"], first["id"], 136, 84)
    late = decide(village, first["id"], first["id"], "approved")
    assert late.json["code"] == "decided_meanwhile"


def test_a_return_says_what_to_mend(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    empty = decide(village, first["id"], first["id"], "returned", reason="  ")
    assert (empty.status_code, empty.json["code"]) == (422, "return_needs_reason")


def test_corrections_of_two_phones_from_one_base_are_merged(village: Village) -> None:
    """Fault 50: different fields both survive, one field is told to the desk."""
    first = village.visit("htn_followup", pressure(150, 92))
    _, other = village.another_doctor()
    base = (first["id"], first["id"])
    village.visit("htn_followup", pressure(150, 92, heart_rate=80), corrects=base)
    theirs = other.finalise(
        "htn_followup",
        ("resident", village.patient),
        pressure(150, 92, heart_rate=90, weight=70),
        corrects=base,
    )
    village.send(theirs)

    shown = village.desk.get(f"/submissions/{first['id']}").json
    newest = shown["versions"][-1]
    assert (newest["answers"]["heart_rate"], newest["answers"]["weight"]) == (90, 70)
    assert newest["conflicts"] == [{"path": "heart_rate", "base": 72, "theirs": 80, "mine": 90}]
    assert "conflicts" in [flag["kind"] for flag in shown["flags"]]


def test_a_correction_may_not_move_a_visit_to_somebody_else(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    with village.house.write() as session:
        neighbour = make_resident(village.house, session, household_id=village.home).id
    moved = village.outbox.finalise(
        "htn_followup",
        ("resident", neighbour),
        pressure(150, 92),
        corrects=(first["id"], first["id"]),
    )
    (receipt,) = village.send(moved)
    assert (receipt["status"], receipt["reason"]) == ("quarantined", "other_subject")


def test_the_same_visit_from_two_phones_is_flagged_and_both_are_kept(village: Village) -> None:
    village.visit("htn_followup", pressure(150, 92))
    other, outbox = village.another_doctor()
    village.send(
        outbox.finalise("htn_followup", ("resident", village.patient), pressure(148, 90)),
        by=other,
    )
    lines = village.desk.get("/submissions").json["items"]
    assert len(lines) == 2
    assert "same_visit" in [flag["kind"] for flag in lines[0]["flags"]]


@pytest.mark.parametrize("path", ["/submissions", "/quarantine", "/residents", "/tasks"])
def test_the_desk_is_no_place_for_a_doctors_phone(village: Village, path: str) -> None:
    assert village.doctor.get(path).status_code == 404


def test_another_township_sees_nothing_of_it(village: Village) -> None:
    first = village.visit("htn_followup", pressure(150, 92))
    with village.house.write() as session:
        account = make_account(village.house, session, "reviewer", (OTHER_TOWNSHIP,))
    other = Page(village.app, account)
    assert other.get("/submissions").json["items"] == []
    hidden = other.get(f"/submissions/{first['id']}")
    missing = other.get("/submissions/00000000-0000-7000-8000-000000000000")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json["title"] == missing.json["title"]
