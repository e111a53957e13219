"""What a mother saw after a vaccination and cannot wait is told at once to whoever is near."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from backend import jobs
from backend.house import House
from tests.builders.county import County
from tests.builders.family import TOKEN, a_child, call, reaction
from tests.builders.reminders import push_address, subscribe_account
from tests.fakes.channel import FakeChannel


def tell(app: APIFlask, **changes: Any) -> str:
    told = reaction(**changes)
    assert call(app, "POST", "/family/reactions", TOKEN, told).status_code == 201
    assert call(app, "POST", "/family/reactions", TOKEN, told).status_code == 201
    return str(told["id"])


def test_the_doctor_of_the_village_is_called_once_and_reads_no_name(
    app: APIFlask, house: House, county: County
) -> None:
    a_child(house)
    with house.write() as session:
        subscribe_account(house, session, county.doctor.account.id, "phone")
    tell(app)  # a swollen arm can wait
    tell(app, signs=["convulsion"])
    channel = FakeChannel()
    jobs.dispatch(house, channel)
    ((endpoint, message, handling),) = channel.sent
    assert endpoint == push_address("phone")
    assert (message.kind, message.url) == ("reaction", "/capture/")
    assert "王小宝" not in message.title + message.body
    assert handling.urgency == "high"


def test_whoever_was_not_told_before_the_clinic_answered_is_not_told(
    app: APIFlask, house: House, county: County
) -> None:
    a_child(house)
    with house.write() as session:
        subscribe_account(house, session, county.doctor.account.id, "phone")
    which = tell(app, signs=["convulsion"])
    answer = {"answer": "已联系，正在处理", "action": "seen"}
    assert county.reviewer.post(f"/reactions/{which}/answer", answer).status_code == 200
    channel = FakeChannel()
    jobs.dispatch(house, channel)
    assert channel.sent == []
