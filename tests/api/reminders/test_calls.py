"""The call list of a doctor, receipts of phones, reports of the gateway. Monday, 10:00 in China."""

from __future__ import annotations

import hmac
from datetime import date
from hashlib import sha256
from typing import Any

import orjson
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from backend.audit import service as audit
from backend.followups import store as followups
from backend.house import House
from backend.jobs import plan_calls
from backend.reminders import service
from backend.reminders.model import Reminder
from backend.reminders.rules.receipts import receipt
from backend.reminders.store import reminders
from backend.residents.store import family
from tests.builders.areas import OTHER_VILLAGE, VILLAGE
from tests.builders.county import County
from tests.builders.reminders import make_child, make_dose, make_plan
from tests.builders.tasks import make_task

BORN = date(2026, 10, 12)  # the second hepatitis B dose was due on 12 November, eleven days ago


def row(house: House) -> Reminder:
    with house.read() as session:
        (found,) = reminders.page(session, [("0" * 12, "9" * 12)], None, None, 50)
    return found


def a_late_child(house: House, village: str = VILLAGE) -> str:
    """A child without link, browser or consent, one dose of which is late."""
    with house.write() as session:
        child = make_child(
            house, session, birth_date=BORN, village_code=village, phone="13900000001"
        )
        for vaccine in ("HepB", "BCG"):
            make_dose(session, child, vaccine, BORN)
        late = make_task(
            date(2026, 12, 12), village, service="immunization", kind="dose", anchor="HepB-2",
            subject_id=child, due=date(2026, 11, 12), opens=date(2026, 11, 12),
        )  # fmt: skip
        followups.save(session, [late], house.clock())
    return child


def test_a_doctor_telephones_whom_no_message_can_reach(house: House, county: County) -> None:
    child = a_late_child(house)
    assert plan_calls(house, house.clock()) == 1
    assert plan_calls(house, house.clock()) == 0
    answer = county.doctor.get("/reminders/calls")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    (line,) = answer.json["items"]
    assert (line["child"]["id"], line["number"]) == (child, "13900000001")
    assert "HepB-2" in [dose["dose_id"] for dose in line["doses"]]
    assert line["doses"][0]["label"]["zh-CN"]
    with house.read() as session:
        assert len(audit.of_action(session, "call_list_read")) == 1

    path = f"/reminders/{line['id']}/call"
    assert county.doctor.post(path, {"outcome": "no_answer"}).status_code == 204
    again = county.doctor.get("/reminders/calls").json
    assert again is not None
    assert [one["outcome"] for one in again["items"][0]["calls"]] == ["no_answer"]
    assert county.doctor.post(path, {"outcome": "reached"}).status_code == 204
    assert (row(house).state, row(house).channel) == ("confirmed", "call_list")
    settled = county.doctor.post(path, {"outcome": "reached"})
    assert settled.json is not None
    assert (settled.status_code, settled.json["code"]) == (409, "reminder_settled")


def test_each_calls_their_own(house: House, county: County) -> None:
    a_late_child(house, OTHER_VILLAGE)
    plan_calls(house, house.clock())
    found = county.doctor.get("/reminders/calls").json
    assert found is not None
    assert found["items"] == []
    answer = county.doctor.post(f"/reminders/{row(house).id}/call", {"outcome": "reached"})
    assert answer.status_code == 404
    assert county.supervisor.get("/reminders/calls").status_code == 404
    assert county.reviewer.get(f"/reminders/calls?village={OTHER_VILLAGE}").status_code == 404


def test_how_far_each_rung_reaches(house: House, county: County) -> None:
    a_late_child(house)
    plan_calls(house, house.clock())
    county.doctor.post(f"/reminders/{row(house).id}/call", {"outcome": "reached"})
    answer = county.reviewer.get("/reminders/reach?from=2026-11-01&to=2026-11-30")
    assert answer.json is not None, answer.text
    rungs = {one["rung"]: (one["messages"], one["reached"]) for one in answer.json["rungs"]}
    assert rungs == {"web_push": (0, 0), "sms": (0, 0), "call_list": (1, 1), "slip": (0, 0)}
    assert answer.json["states"] == {"confirmed": 1}
    assert county.reviewer.get("/reminders/reach?from=2026-11-30&to=2026-11-01").status_code == 422


def planned(house: House, **changes: Any) -> Reminder:
    with house.write() as session:
        child = make_child(house, session, phone="13900000001")
        service.agree_to_sms(session, child, house.clock())
        values = {"addressee_kind": "family", "reason": "vaccination", "occurrence": "2026-11-23"}
        message = {"kind": "family", "steps": [["HepB-2", 7]]}
        plan = make_plan(house, child, message=message, **(values | changes))
        reminders.plan(session, [plan], house.clock())
    return row(house)


def test_a_phone_says_that_it_has_shown_the_message(
    house: House, client: FlaskClient, app: APIFlask
) -> None:
    sent = planned(house)
    proof = receipt(house.settings.secrets.refresh, sent.id)
    forged = proof[:-4] + ("AAAA" if proof[-4:] != "AAAA" else "BBBB")
    for said, state in ((forged, "planned"), (proof, "confirmed"), (proof, "confirmed")):
        answer = client.post("/api/v1/push/receipts", json={"receipt": said})
        assert answer.status_code == 204, "whoever guesses learns nothing"
        assert row(house).state == state


def report(client: FlaskClient, house: House, body: dict[str, Any], key: bytes) -> int:
    data = orjson.dumps(body)
    signature = hmac.new(key, data, sha256).hexdigest()
    answer = client.post(
        "/api/v1/reminders/gateway",
        data=data,
        headers={"X-Suifang-Signature": signature, "Content-Type": "application/json"},
    )
    return answer.status_code


@pytest.mark.parametrize("kind", ["delivered", "stop"])
def test_only_the_gateway_reports(house: House, client: FlaskClient, kind: str) -> None:
    sent = planned(house)
    body = {"kind": kind, "id": sent.id, "number": "13900000001"}
    assert report(client, house, body, bytes(32)) == 401
    assert row(house).state == "planned"


def test_the_gateway_tells_that_it_arrived(house: House, client: FlaskClient) -> None:
    sent = planned(house, first_rung="sms")
    key = house.settings.secrets.sms
    assert report(client, house, {"kind": "delivered", "id": sent.id}, key) == 204
    assert (row(house).state, row(house).channel) == ("confirmed", "sms")
    # A number that we never wrote to is nobody's business to stop.
    assert report(client, house, {"kind": "stop", "number": "13900000001"}, key) == 204
    with house.read() as session:
        assert len(family.consenting(session, service.SMS_CONSENT)) == 1
