"""Twenty patients are drawn and called; what they say is counted, and asked of the doctor."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend import tables
from backend.kernel.ids import new_id
from backend.programmes import store as programmes
from backend.programmes.model import Enrolment
from tests.builders.areas import OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.builders.residents import make_household, make_resident
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village

ASKED = {
    "area_code": TOWNSHIP,
    "programme": "hypertension",
    "from": "2026-01-01",
    "to": "2026-11-23",
    "method": "systematic",
    "size": 5,
    "seed": 4711,
}


def enrolled_and_visited(village: Village, number: int) -> None:
    """So many patients with hypertension, each with a visit."""
    with village.house.write() as session:
        people = []
        for no in range(number):
            home = make_household(village.house, session, no=f"{no:04}").id
            one = make_resident(village.house, session, household_id=home, name=f"李{no}")
            people.append(one.id)
        programmes.save(
            session,
            [Enrolment(new_id(), one, VILLAGE, "hypertension", date(2025, 1, 1)) for one in people],
            village.house.clock(),
        )
    village.send(
        *(
            village.outbox.finalise("htn_followup", ("resident", one), pressure(130 + no % 9, 80))
            for no, one in enumerate(people)
        )
    )


def interview(village: Village, audit: str, no: int, **changes: Any) -> Any:
    said = answers("callback_interview", **({"called_on": "2026-11-23"} | changes))
    said.pop("visit_date", None)
    body = {"form_version": 1, "answers": said}
    return village.desk.post(f"/review/audits/{audit}/interviews/{no}", body)


def test_a_sample_is_drawn_called_and_counted(village: Village) -> None:
    enrolled_and_visited(village, 12)
    drawn = village.desk.post("/review/audits", ASKED).json
    assert (drawn["frame_size"], drawn["size"], drawn["rate"]) == (12, 5, None)
    again = village.desk.post("/review/audits", ASKED).json
    names = [[one["subject"]["name"] for one in each["items"]] for each in (drawn, again)]
    assert names[0] == names[1], "the seed decides"

    agrees = interview(village, drawn["id"], 1, agrees="1", difference=None)
    assert agrees.status_code == 200, agrees.json
    differs = interview(village, drawn["id"], 2, agrees="2", difference="医生没有来过").json
    assert (differs["asked"], differs["agrees"], differs["differs"]) == (2, 1, 1)
    assert differs["rate"] == 0.5
    assert differs["low"] < 0.5 < differs["high"]

    asked_about = differs["items"][1]["submission_id"]
    (said,) = village.synced("submission")[asked_about]["comments"]
    assert (said["kind"], said["text"]) == ("callback", "医生没有来过")
    (kept,) = [r for r in village.rows(tables.review.AuditItemRow) if r.no == 2 and r.asked_at]
    assert "phone_called" not in kept.answers, "private answers are locked"
    lines = village.desk.get("/review/audits").json["items"]
    assert [one["asked"] for one in lines] in ([2, 0], [0, 2])


def test_an_interview_is_judged_by_its_form(village: Village) -> None:
    enrolled_and_visited(village, 3)
    drawn = village.desk.post("/review/audits", ASKED).json
    wrong = interview(village, drawn["id"], 1, answered_by=None)
    assert (wrong.status_code, wrong.json["code"]) == (422, "invalid_request")
    assert "answered_by" in wrong.json["details"]["fields"]
    assert interview(village, drawn["id"], 99).status_code == 404


def test_nobody_is_drawn_where_nobody_was_visited_nor_elsewhere(village: Village) -> None:
    assert village.desk.post("/review/audits", ASKED).json["code"] == "nobody_to_draw"
    other = village.desk.post("/review/audits", ASKED | {"area_code": OTHER_TOWNSHIP})
    assert other.status_code == 404
    assert village.doctor.get("/review/audits").status_code == 404
