"""Things that arrive in the wrong order wait for each other (fault 28)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from backend import tables
from backend.kernel.ids import new_id
from tests.builders.areas import SIBLING_VILLAGE, TOWNSHIP, VILLAGE
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village

ID_NO = "11010519491231002X"


def registration(village: Village, resident: str, household: str, **changes: Any) -> dict[str, Any]:
    person = {
        "household_id": household,
        "village_code": VILLAGE,
        "name": "李建国",
        "sex": "2",
        "id_no": ID_NO,
        "birth_date": "1949-12-31",
    }
    filled = answers("resident", **(person | changes))
    return village.outbox.finalise("resident", ("resident", resident), filled)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_fault_28_household_resident_and_visit_arrive_in_any_order(
    village: Village, order: tuple[int, ...]
) -> None:
    household, resident = new_id(), new_id()
    sent = [
        village.outbox.finalise(
            "household",
            ("household", household),
            answers("household", village_code=VILLAGE, household_no="0099"),
        ),
        registration(village, resident, household),
        village.outbox.finalise("htn_followup", ("resident", resident), pressure(150, 92)),
    ]
    receipts = [village.send(sent[n])[0] for n in order]

    assert {r["status"] for r in receipts} <= {"stored", "held"}
    assert village.count(tables.submissions.SubmissionRow) == 3
    assert {r.status for r in village.rows(tables.submissions.ReceiptRow)} == {"stored"}
    waited = village.rows(tables.submissions.QuarantineRow)
    assert {w.state for w in waited} <= {"applied"}
    (task,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "hypertension"]
    assert (task.subject_id, task.reasons[0]["rule"]) == (resident, "H5")


def test_fault_28_a_correction_that_came_before_the_original_waits_for_it(
    village: Village,
) -> None:
    original = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92)
    )
    correction = village.outbox.finalise(
        "htn_followup",
        ("resident", village.patient),
        pressure(130, 82),
        corrects=(original["id"], original["id"]),
    )
    assert village.send(correction)[0]["status"] == "held"
    assert village.send(original)[0]["status"] == "stored"

    (row,) = village.rows(tables.submissions.SubmissionRow)
    assert (row.state, row.version_no, row.answers["sbp"]) == ("corrected", 2, 130)
    assert village.send(correction)[0]["status"] == "replayed"


def test_fault_28_what_never_gets_its_original_is_on_the_townships_list_a_week_later(
    village: Village,
) -> None:
    nobody = new_id()
    visit = village.outbox.finalise("htn_followup", ("resident", nobody), pressure(150, 92))
    assert village.send(visit)[0]["status"] == "held"
    village.clock.advance(days=7)
    (line,) = village.desk.get("/quarantine").json["items"]
    assert (line["envelope_id"], line["kind"]) == (visit["id"], "held")
    assert line["worker_name"] == "王秀英"
    assert village.send(visit)[0]["status"] in ("held", "replayed")


def test_a_newcomer_already_known_by_id_number_is_led_to_the_known_one(village: Village) -> None:
    household, known, again = village.home, new_id(), new_id()
    village.send(registration(village, known, household))
    village.send(registration(village, again, household))
    residents = {r.id: r for r in village.rows(tables.residents.ResidentRow)}

    assert residents[again].merged_into == known
    receipt = village.send(
        village.outbox.finalise("htn_followup", ("resident", again), pressure(132, 84))
    )[0]
    assert receipt["status"] == "stored"
    visit = next(
        s for s in village.rows(tables.submissions.SubmissionRow) if s.form_key == "htn_followup"
    )
    assert visit.subject_id == known


def test_the_same_name_and_birth_date_without_a_number_is_left_to_a_person(
    village: Village,
) -> None:
    known, again = new_id(), new_id()
    village.send(registration(village, known, village.home))
    village.send(registration(village, again, village.home, id_no=None, id_type="99"))
    residents = {r.id: r for r in village.rows(tables.residents.ResidentRow)}

    assert residents[again].merged_into is None
    (pair,) = village.rows(tables.dedup.DuplicateCandidateRow)
    assert (pair.verdict, pair.state) == ("same", "open")


def test_a_resident_who_moves_takes_what_is_due_along(village: Village) -> None:
    """The old village's phones forget the tasks, the new village's phones get them."""
    resident = new_id()
    village.send(registration(village, resident, village.home))
    village.send(village.outbox.finalise("htn_followup", ("resident", resident), pressure(150, 92)))
    both, outbox = village.another_doctor(TOWNSHIP)
    moved = village.outbox.contents
    before = next(c for c in moved.values() if c["form"]["key"] == "resident")
    again = outbox.finalise(
        "resident",
        ("resident", resident),
        before["answers"] | {"village_code": SIBLING_VILLAGE},
    )
    assert village.send(again, by=both)[0]["status"] == "stored"

    (task,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "hypertension"]
    assert task.village_code == SIBLING_VILLAGE
    assert village.synced("resident")[resident] is None
    assert village.synced("task")[task.id] is None
