"""A visit goes from the phone into the record, and what follows from it is due."""

from __future__ import annotations

from backend import tables
from backend.kernel.ids import task_id
from tests.builders.areas import VILLAGE
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village


def test_a_controlled_follow_up_is_stored_placed_and_followed_by_the_next(
    village: Village,
) -> None:
    receipt = village.visit("htn_followup", pressure(132, 84))

    assert (receipt["status"], receipt["code"]) == ("stored", 201)
    assert receipt["village"] == {"code": VILLAGE, "name": "上河村"}
    assert receipt["violations"] == []
    (task,) = [t for t in receipt["tasks"] if t["service"] == "hypertension"]
    assert task["id"] == task_id(village.patient, "hypertension", receipt["id"])
    # H7: +60 d / +3 months / the earlier of the next quarter's end and +120 d
    window = (task["opens"], task["due"], task["closes"])
    assert window == ("2027-01-22", "2027-02-23", "2027-03-23")

    (row,) = village.rows(tables.submissions.SubmissionRow)
    assert (row.state, row.village_code, row.service) == ("received", VILLAGE, "hypertension")
    (version,) = village.rows(tables.submissions.SubmissionVersionRow)
    assert version.geotag["village_code"] == VILLAGE
    assert version.computed["class"] == "1"
    assert version.computed["rules"] == ["H7"]


def test_an_emergency_is_referred_at_once_and_checked_within_14_days(village: Village) -> None:
    receipt = village.visit("htn_followup", pressure(182, 100))

    (task,) = [t for t in receipt["tasks"] if t["service"] == "hypertension"]
    assert task["kind"] == "referral_check"
    assert (task["referral"], task["escalation"]) == ("urgent", "E3")
    assert task["closes"] == "2026-12-07"
    (reminder,) = village.rows(tables.reminders.ReminderRow)
    assert reminder.reason == f"urgent:{task['id']}"
    assert reminder.addressee_id == village.desk.account.id


def test_three_forms_of_one_sitting_each_make_what_is_due(village: Village) -> None:
    mother = ("resident", village.patient)
    receipts = village.send(
        village.outbox.finalise(
            "household_visit", ("household", village.home), answers("household_visit")
        ),
        village.outbox.finalise("htn_followup", mother, pressure(182, 100)),
        village.outbox.finalise(
            "postpartum_visit",
            mother,
            answers("postpartum_visit", delivery_date="2026-11-14", discharge_date="2026-11-18"),
        ),
    )

    assert [r["status"] for r in receipts] == ["stored"] * 3
    assert village.count(tables.submissions.SubmissionRow) == 3
    done = {t.service: t for t in village.rows(tables.followups.TaskRow)}
    assert done["household_visit"].state == "completed"
    assert done["household_visit"].anchor == "2026Q4"
    assert done["hypertension"].escalation == "E3"
    assert done["postpartum_42d"].due.isoformat() == "2026-12-26"


def test_a_disease_visit_at_home_is_the_households_visit_of_the_quarter(village: Village) -> None:
    receipt = village.visit("htn_followup", pressure(132, 84))
    (task,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "household_visit"]
    assert (task.state, task.done_by_submission_id) == ("completed", receipt["id"])


def test_a_late_visit_is_put_in_its_place_in_time(village: Village) -> None:
    newest = village.visit("htn_followup", pressure(132, 84, "2026-11-20"))
    village.visit("htn_followup", pressure(150, 92, "2026-11-02"))  # synced after the newer one

    open_tasks = [
        t
        for t in village.rows(tables.followups.TaskRow)
        if t.service == "hypertension" and t.state == "requested"
    ]
    assert [t.anchor for t in open_tasks] == [newest["id"]]


def test_the_phone_follows_what_the_server_made_of_it(village: Village) -> None:
    receipt = village.visit("htn_followup", pressure(132, 84))

    submission = village.synced("submission")[receipt["id"]]
    assert submission["state"] == "received"
    assert submission["answers"]["sbp"] == 132
    assert {t["service"] for t in village.synced("task").values()} == {
        "hypertension",
        "household_visit",
    }


def test_a_late_fix_places_a_visit_that_was_finalised_without_one(village: Village) -> None:
    late = {
        "lng": 104.05,
        "lat": 30.05,
        "accuracy_m": 30,
        "fixed_at": "2026-11-23T02:03:00.000Z",
        "coord_sys": "WGS-84",
    }
    village.visit("htn_followup", pressure(132, 84), fix=None, fix_state="pending", late_fix=late)
    (version,) = village.rows(tables.submissions.SubmissionVersionRow)
    assert version.fix == late
    assert (version.geotag["village_code"], version.geotag["fix_state"]) == (VILLAGE, "fixed")


def test_a_visit_without_any_fix_is_stored_and_marked(village: Village) -> None:
    village.visit("htn_followup", pressure(132, 84), fix=None, fix_state="denied")
    (flag,) = village.rows(tables.review.QualityFlagRow)
    assert flag.kind == "no_fix"
