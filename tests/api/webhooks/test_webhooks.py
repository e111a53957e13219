"""Another system is told what happens: signed, once, until it takes it, and nobody's name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from backend import jobs, tables
from backend.house import House
from backend.kernel.clock import local_date
from backend.kernel.ids import new_id
from backend.reminders.model import NOT_DELIVERED, Outcome
from backend.review.service import commenting
from backend.submissions.model import Submission
from backend.submissions.store import submissions
from backend.webhooks.rules.trying import BACKOFF
from backend.webhooks.service import LIFETIME
from tests.builders.areas import COUNTY, OTHER_TOWNSHIP, TOWNSHIP
from tests.builders.county import County
from tests.builders.feed import feed_settled
from tests.builders.figures import submission
from tests.builders.residents import make_resident
from tests.fakes.clock import FakeClock
from tests.fakes.receiver import Receiver

ASKED = {"url": "https://his.example/suifang", "area": COUNTY, "note": "县医院信息系统"}
DOWN = Outcome(NOT_DELIVERED, detail="unreachable")


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def webhook(county: County, receiver: Receiver) -> dict[str, Any]:
    made: dict[str, Any] = county.supervisor.post("/webhooks", ASKED).json
    receiver.secret = made["secret"]
    return made


def visit(house: House, **changes: Any) -> Submission:
    with house.write() as session:
        who = make_resident(house, session, name="张秀英").id
        day = local_date(house.clock())
        told = {"received_at": house.clock(), "finalised_at": house.clock()} | changes
        made = submission("htn_followup", ("resident", who), day, answers={"sbp": 152}, **told)
        submissions.add(session, [made])
    return made


def become(house: House, before: Submission, **changes: Any) -> Submission:
    after = replace(before, **changes)
    with house.write() as session:
        submissions.update_newest(session, after)
    return after


def tell(house: House, receiver: Receiver) -> int:
    feed_settled(house.engine)
    return jobs.tell_webhooks(house, receiver, house.clock())


def test_each_thing_that_happens_is_told_once_and_holds_nobodys_name(
    house: House, webhook: dict[str, Any], receiver: Receiver, clock: FakeClock
) -> None:
    first = visit(house)
    tell(house, receiver)
    clock.advance(minutes=1)
    returned = become(house, first, state="returned", decided_at=clock())
    tell(house, receiver)
    with house.write() as session:
        commenting.on_submission(session, returned, None, "请补录", new_id(), clock())
    assert tell(house, receiver) == 0  # a comment changes the submission, and nothing told here
    corrected = become(
        house, returned, state="corrected", version_no=2, version_id=new_id(),
    )  # fmt: skip
    tell(house, receiver)
    approved = become(house, corrected, state="approved", decided_at=clock.advance(minutes=1))
    tell(house, receiver)
    become(house, approved, state="corrected", decided_at=None)  # the approval is taken back
    tell(house, receiver)
    assert receiver.told() == [
        ("submission.stored", "received"),
        ("submission.decided", "returned"),
        ("submission.corrected", "corrected"),
        ("submission.decided", "approved"),
        ("submission.decided", "corrected"),
    ]
    assert len(set(receiver.ids)) == 5
    assert set(receiver.taken[0]["data"]) == {
        "submission_id", "version_id", "version_no", "form_key", "form_version", "state",
        "county_code", "township_code", "village_code", "visit_date", "received_at", "decided_at",
    }  # fmt: skip
    assert "张秀英" not in orjson.dumps(receiver.taken).decode()


def test_only_its_area_only_what_it_asked_for_and_nothing_from_before(
    house: House, county: County, receiver: Receiver, clock: FakeClock
) -> None:
    early = visit(house)
    clock.advance(hours=1)
    asked = ASKED | {"area": OTHER_TOWNSHIP}
    elsewhere = county.supervisor.post("/webhooks", asked).json
    decided = ASKED | {"area": TOWNSHIP, "events": ["submission.decided"]}
    receiver.secret = county.supervisor.post("/webhooks", decided).json["secret"]
    late = visit(house)
    with house.write() as session:
        commenting.on_submission(session, early, None, "早先的", new_id(), clock())
    assert tell(house, receiver) == 0
    become(house, late, state="approved", decided_at=clock())
    become(house, early, state="rejected", decided_at=clock())
    assert tell(house, receiver) == 2
    assert {state for _, state in receiver.told()} == {"approved", "rejected"}
    found = county.supervisor.get(f"/webhooks/{elsewhere['id']}/deliveries").json["items"]
    assert found == []


def test_it_is_tried_again_under_its_id_for_about_a_day(
    house: House, webhook: dict[str, Any], receiver: Receiver, clock: FakeClock
) -> None:
    visit(house)
    receiver.answers = [DOWN, Outcome("refused", 404), Outcome(NOT_DELIVERED, 503)]
    for rest in BACKOFF[:3]:
        assert tell(house, receiver) == 1
        assert tell(house, receiver) == 0  # it rests
        clock.advance(seconds=rest.total_seconds())
    tell(house, receiver)
    assert len(receiver.ids) == 4
    assert len(set(receiver.ids)) == 1
    assert len(receiver.taken) == 1

    visit(house)
    receiver.answers = [DOWN] * 20
    for rest in (*BACKOFF, BACKOFF[-1]):
        tell(house, receiver)
        clock.advance(seconds=rest.total_seconds())
    tell(house, receiver)
    assert len(receiver.ids) == 4 + len(BACKOFF) + 1


def test_a_receiver_that_is_down_is_asked_once_and_not_for_each_event(
    house: House, webhook: dict[str, Any], receiver: Receiver, county: County, clock: FakeClock
) -> None:
    for _ in range(40):
        visit(house)
    receiver.answers = [DOWN]
    tell(house, receiver)
    assert len(receiver.ids) == 1
    clock.advance(minutes=1)
    tell(house, receiver)
    assert len(receiver.taken) == 40
    (standing,) = [w["standing"] for w in county.supervisor.get("/webhooks").json["items"]]
    assert standing == {"delivered": 40, "planned": 0, "failed": 0}


def test_what_nobody_took_for_days_is_given_up_and_sent_again_by_hand(
    house: House, webhook: dict[str, Any], receiver: Receiver, county: County, clock: FakeClock
) -> None:
    visit(house)
    receiver.answers = [DOWN]
    tell(house, receiver)
    clock.advance(seconds=LIFETIME.total_seconds() + 1)
    jobs.clear_webhooks(house, clock())
    path = f"/webhooks/{webhook['id']}/deliveries"
    (one,) = county.supervisor.get(path).json["items"]
    assert (one["state"], one["detail"]) == ("failed", "unreachable")
    assert county.reviewer.post(f"/webhooks/deliveries/{one['id']}/again").status_code == 404
    again = county.supervisor.post(f"/webhooks/deliveries/{one['id']}/again").json["items"]
    assert again[0]["state"] == "planned"
    tell(house, receiver)
    assert receiver.ids == [one["id"]] * 2
    clock.advance(days=40)
    jobs.clear_webhooks(house, clock())
    assert county.supervisor.get(path).json["items"] == []


def test_gone_ends_it_and_ended_it_is_silent(
    house: House, webhook: dict[str, Any], receiver: Receiver, county: County
) -> None:
    visit(house)
    visit(house)
    receiver.answers = [Outcome("gone", 410)]
    tell(house, receiver)
    (shown,) = county.supervisor.get("/webhooks").json["items"]
    assert shown["ended_why"] == "gone"
    assert shown["standing"] == {"delivered": 0, "planned": 0, "failed": 2}
    refused = county.supervisor.post(f"/webhooks/{webhook['id']}/test")
    assert (refused.status_code, refused.json["code"]) == (409, "webhook_ended")
    visit(house)
    assert tell(house, receiver) == 0


def test_the_county_alone_makes_them_and_the_secret_is_seen_once(
    house: House, webhook: dict[str, Any], county: County, receiver: Receiver
) -> None:
    assert county.reviewer.post("/webhooks", ASKED).status_code == 404
    assert county.supervisor.post("/webhooks", ASKED | {"area": "110101000000"}).status_code == 404
    shown = county.supervisor.get("/webhooks").json["items"]
    assert "secret" not in shown[0]
    with house.read() as session:
        row = session.get(tables.webhooks.WebhookRow, webhook["id"])
    assert row is not None and webhook["secret"].encode() not in row.secret_locked
    county.supervisor.post(f"/webhooks/{webhook['id']}/test")
    tell(house, receiver)
    assert [each["type"] for each in receiver.taken] == ["webhook.test"]
    assert county.supervisor.delete(f"/webhooks/{webhook['id']}").status_code == 204
    visit(house)
    assert tell(house, receiver) == 0


@pytest.mark.parametrize(
    "url",
    ["http://his.example/x", "https://user:pw@his.example/x", "https://his.example:8443/x",
     "ftp://his.example/x", "https://" + "a" * 2100 + ".example/x"],
)  # fmt: skip
def test_addresses_that_are_refused(county: County, url: str) -> None:
    refused = county.supervisor.post("/webhooks", ASKED | {"url": url})
    assert refused.status_code == 422


def test_an_area_has_ten_at_most(county: County) -> None:
    codes = [county.supervisor.post("/webhooks", ASKED).status_code for _ in range(11)]
    assert codes == [201] * 10 + [409]
