"""What is done in a village and is about nobody in particular: a lecture, a patrol of a school."""

from __future__ import annotations

from typing import Any

from backend import jobs, tables
from backend.kernel.ids import new_id
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, TOWNSHIP, UNKNOWN_AREA, VILLAGE
from tests.builders.visits import TODAY, answers
from tests.journeys.conftest import Village

LECTURE = "edu_activity"
PATROL = "supervision_patrol"


def hold_lecture(village: Village, area: str = VILLAGE, **changes: Any) -> dict[str, Any]:
    """The doctor's record of a lecture; its receipt."""
    told = answers(LECTURE, fill_date=TODAY, **changes)
    return village.send(village.outbox.finalise(LECTURE, ("area", area), told))[0]


def register_school(village: Village, **changes: Any) -> tuple[str, dict[str, Any]]:
    """A school, registered on the spot; its id on the phone, and the receipt."""
    site = new_id()
    told = answers("site", village_code=VILLAGE, **changes)
    return site, village.send(village.outbox.finalise("site", ("site", site), told))[0]


def patrol(village: Village, site: str, **changes: Any) -> dict[str, Any]:
    """A patrol of the site; its receipt."""
    told = answers(PATROL, **changes)
    return village.send(village.outbox.finalise(PATROL, ("site", site), told))[0]


def test_a_lecture_held_in_the_village_is_stored_about_the_village(village: Village) -> None:
    receipt = hold_lecture(village)

    assert (receipt["status"], receipt["violations"]) == ("stored", [])
    assert receipt["village"] == {"code": VILLAGE, "name": "上河村"}
    (row,) = village.rows(tables.submissions.SubmissionRow)
    assert (row.subject_kind, row.subject_id, row.village_code) == ("area", VILLAGE, VILLAGE)
    assert village.rows(tables.review.QualityFlagRow) == []
    (task,) = [t for t in village.rows(tables.followups.TaskRow) if t.state == "completed"]
    assert (task.service, task.anchor, task.subject_id) == (
        "health_education",
        "2026M11-12",
        VILLAGE,
    )
    assert task.done_by_submission_id == receipt["id"]


def test_the_calendar_asks_for_lecture_board_and_patrol(village: Village) -> None:
    site, _ = register_school(village)
    jobs.turn_calendar(village.house, village.clock())
    assert jobs.turn_calendar(village.house, village.clock()) == 0

    owed = {(t["service"], t["subject"]["id"]) for t in village.synced("task").values()}
    assert owed >= {
        ("health_education", VILLAGE),
        ("health_education_board", VILLAGE),
        ("supervision_patrol", site),
    }
    due = village.desk.get("/tasks?state=due&service=supervision_patrol").json["items"]
    assert [task["subject_name"] for task in due] == ["上河小学"]


def test_a_lecture_that_was_owed_is_done_on_server_and_phone(village: Village) -> None:
    jobs.turn_calendar(village.house, village.clock())
    receipt = hold_lecture(village)

    (task,) = [t for t in village.synced("task").values() if t["service"] == "health_education"]
    assert task["state"] == "completed"
    assert {t["service"] for t in receipt["tasks"]} == {"health_education_board"}


def test_a_lecture_that_is_rejected_was_not_held(village: Village) -> None:
    receipt = hold_lecture(village)
    decision = {
        "version_id": receipt["id"],
        "verdict": "rejected",
        "fields": [],
        "reason": "照片是去年的",
    }
    village.desk.post(f"/review/items/{receipt['id']}/decision", decision)
    (task,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "health_education"]
    assert (task.state, task.done_by_submission_id) == ("requested", None)


def test_the_township_sees_the_lecture_by_the_name_of_the_village(village: Village) -> None:
    receipt = hold_lecture(village)

    (line,) = village.desk.get("/submissions").json["items"]
    assert line["subject"] == {
        "kind": "area",
        "id": VILLAGE,
        "name": "上河村",
        "sex": None,
        "birth_date": None,
    }
    assert "45 人" in [item["value"]["zh-CN"] for item in line["summary"]]
    detail = village.desk.get(f"/submissions/{receipt['id']}").json
    assert detail["place"] is None
    decision = {
        "version_id": receipt["id"],
        "verdict": "approved",
        "fields": [],
        "reason": None,
    }
    decided = village.desk.post(f"/review/items/{receipt['id']}/decision", decision)
    assert (decided.status_code, decided.json["state"]) == (200, "approved")


def test_a_lecture_sent_again_is_answered_again_and_stored_once(village: Village) -> None:
    envelope = village.outbox.finalise(
        LECTURE, ("area", VILLAGE), answers(LECTURE, fill_date=TODAY)
    )
    first, again = village.send(envelope)[0], village.send(envelope)[0]

    assert (first["status"], again["status"]) == ("stored", "replayed")
    assert village.count(tables.submissions.SubmissionRow) == 1


def test_the_second_phone_of_the_village_gets_lecture_and_school(village: Village) -> None:
    page, _ = village.another_doctor(VILLAGE)
    site, _ = register_school(village)
    receipt = hold_lecture(village)
    village.doctor = page  # whose feed is followed from here on

    assert village.synced("submission")[receipt["id"]]["subject"] == {"kind": "area", "id": VILLAGE}
    school = village.synced("site")[site]
    assert (school["name"], school["type"], school["registered_on"]) == (
        "上河小学",
        "1",
        "2026-11-23",
    )
    assert school["phone"] == "13800001111"


def test_a_patrol_of_a_school_with_a_problem_found(village: Village) -> None:
    site, registered = register_school(village)
    receipt = patrol(
        village,
        site,
        has_problem="2",
        problems="饮水机未定期消毒",
        advice="每周消毒并登记",
        rectify_deadline="2026-12-07",
        reported="2",
    )

    assert (registered["status"], receipt["status"]) == ("stored", "stored")
    assert (registered["violations"], receipt["violations"]) == ([], [])
    rows = {row.form_key: row for row in village.rows(tables.submissions.SubmissionRow)}
    assert (rows[PATROL].subject_kind, rows[PATROL].subject_id) == ("site", site)
    assert rows[PATROL].village_code == VILLAGE
    by_name = village.desk.get("/submissions?q=小学").json["items"]
    assert {line["subject"]["name"] for line in by_name} == {"上河小学"}
    detail = village.desk.get(f"/submissions/{receipt['id']}").json
    assert detail["place"] == {"lng": 104.05, "lat": 30.05}
    assert [past["form"]["key"] for past in detail["history"]] == ["site"]
    tasks = {task["service"]: task for task in receipt["tasks"]}
    check = tasks["supervision_recheck"]
    assert (check["kind"], check["due"], check["closes"]) == ("check", "2026-12-07", "2026-12-14")


def test_the_problem_is_corrected_and_the_check_is_done(village: Village) -> None:
    site, _ = register_school(village)
    found = {
        "has_problem": "2",
        "problems": "饮水机未定期消毒",
        "advice": "每周消毒并登记",
        "rectify_deadline": "2026-12-07",
        "reported": "2",
    }
    patrol(village, site, **found)
    village.clock.advance(days=10)
    again = answers(PATROL, "2026-12-03", patrol_kind="check", rectified="1")
    done = village.send(village.outbox.finalise(PATROL, ("site", site), again))[0]

    rows = village.rows(tables.followups.TaskRow)
    (check,) = [t for t in rows if t.service == "supervision_recheck"]
    assert (check.state, check.done_by_submission_id) == ("completed", done["id"])


def test_a_patrol_that_comes_before_the_school_waits_for_it(village: Village) -> None:
    site = new_id()
    early = village.outbox.finalise(PATROL, ("site", site), answers(PATROL))
    (held,) = village.send(early)
    assert (held["status"], held["reason"]) == ("held", "subject_unknown")

    told = answers("site", village_code=VILLAGE)
    village.send(village.outbox.finalise("site", ("site", site), told))
    assert {row.form_key for row in village.rows(tables.submissions.SubmissionRow)} == {
        "site",
        PATROL,
    }


def test_two_phones_register_the_same_school_and_it_is_one(village: Village) -> None:
    first, _ = register_school(village)
    second, receipt = register_school(village, site_name=" 上河 小学 ")
    late = patrol(village, second)

    assert (receipt["status"], late["status"]) == ("stored", "stored")
    sites = {row.id: row.merged_into for row in village.rows(tables.sites.SiteRow)}
    assert sites == {first: None, second: first}
    assert {row.subject_id for row in village.rows(tables.submissions.SubmissionRow)} == {first}
    assert village.synced("site")[second]["merged_into"] == first


def test_a_school_that_is_registered_again_keeps_its_first_day(village: Village) -> None:
    site, _ = register_school(village)
    later = answers("site", "2026-11-24", village_code=VILLAGE, site_status="2")
    village.clock.advance(days=1)
    village.send(village.outbox.finalise("site", ("site", site), later))

    (row,) = village.rows(tables.sites.SiteRow)
    assert (row.registered_on.isoformat(), row.status) == ("2026-11-23", "2")


def test_a_village_of_others_is_not_the_doctors_to_report(village: Village) -> None:
    for foreign in (SIBLING_VILLAGE, OTHER_VILLAGE, TOWNSHIP):
        receipt = hold_lecture(village, foreign)
        assert (receipt["status"], receipt["reason"]) == ("quarantined", "out_of_scope")
    assert village.count(tables.submissions.SubmissionRow) == 0


def test_an_area_that_does_not_exist_is_nobodys(village: Village) -> None:
    _, outbox = village.another_doctor(TOWNSHIP)
    unknown = VILLAGE[:-1] + "9"
    for code in (UNKNOWN_AREA, unknown):
        envelope = outbox.finalise(LECTURE, ("area", code), answers(LECTURE, fill_date=TODAY))
        (receipt,) = village.send(envelope)
        assert (receipt["status"], receipt["reason"]) == ("quarantined", "out_of_scope")


def test_nobody_takes_a_school_over_into_their_own_village(village: Village) -> None:
    site, _ = register_school(village)
    page, outbox = village.another_doctor(OTHER_VILLAGE)
    told = answers("site", village_code=OTHER_VILLAGE)
    (receipt,) = village.send(outbox.finalise("site", ("site", site), told), by=page)
    (seen,) = village.send(outbox.finalise(PATROL, ("site", site), answers(PATROL)), by=page)

    assert (receipt["reason"], seen["reason"]) == ("out_of_scope", "out_of_scope")
    (row,) = village.rows(tables.sites.SiteRow)
    assert row.village_code == VILLAGE


def test_what_the_township_reports_of_itself_stays_with_the_township(village: Village) -> None:
    _, outbox = village.another_doctor(TOWNSHIP)
    receipt = village.send(
        outbox.finalise(LECTURE, ("area", TOWNSHIP), answers(LECTURE, fill_date=TODAY))
    )[0]

    assert (receipt["status"], receipt["village"]["code"]) == ("stored", TOWNSHIP)
    assert receipt["id"] not in village.synced("submission")


def test_a_resident_form_about_a_village_is_refused(village: Village) -> None:
    told = answers("htn_followup")
    (receipt,) = village.send(village.outbox.finalise("htn_followup", ("area", VILLAGE), told))
    assert (receipt["status"], receipt["reason"]) == ("quarantined", "subject_kind")
