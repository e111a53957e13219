"""A doctor's phone asks to be told, and to be left alone again."""

from __future__ import annotations

from typing import Any

import pytest

from backend.audit import service as audit
from backend.house import House
from backend.reminders.store import addresses
from tests.builders.county import County
from tests.builders.reminders import push_address, push_request


def endpoints(house: House, account_id: str) -> list[tuple[str, str | None]]:
    with house.read() as session:
        found = addresses.live(session, house.vault, "account", [account_id])
        return [(one.endpoint.rpartition("/")[2], one.device_id) for one in found]


def test_a_phone_subscribes_and_leaves(house: House, county: County) -> None:
    doctor = county.doctor
    assert doctor.phone is not None
    assert doctor.post("/push/subscriptions", push_request("phone")).status_code == 204
    assert doctor.post("/push/subscriptions", push_request("phone")).status_code == 204
    assert endpoints(house, doctor.account.id) == [("phone", doctor.phone.device_id)]

    gone = doctor.delete("/push/subscriptions", {"endpoint": push_address("phone")})
    assert gone.status_code == 204
    assert endpoints(house, doctor.account.id) == []
    again = doctor.delete("/push/subscriptions", {"endpoint": push_address("phone")})
    assert again.status_code == 204
    with house.read() as session:
        assert len(audit.of_action(session, "push_subscribed")) == 2
        assert len(audit.of_action(session, "push_unsubscribed")) == 1


def test_the_desk_subscribes_too(house: House, county: County) -> None:
    assert county.reviewer.post("/push/subscriptions", push_request("desk")).status_code == 204
    assert endpoints(house, county.reviewer.account.id) == [("desk", None)]


def test_nobody_ends_the_subscription_of_another(house: House, county: County) -> None:
    county.doctor.post("/push/subscriptions", push_request("phone"))
    county.other_doctor.delete("/push/subscriptions", {"endpoint": push_address("phone")})
    assert len(endpoints(house, county.doctor.account.id)) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/1",
        "https://127.0.0.1/1",
        "https://fcm.googleapis.com@evil.example/1",
        "https://fcm.googleapis.com:8443/1",
        "https://intranet.example/1",
    ],
)
def test_sec_s29_hostile_addresses_are_refused_at_subscribing(
    house: House, county: County, endpoint: str
) -> None:
    answer = county.doctor.post("/push/subscriptions", push_request("x", endpoint=endpoint))
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "push_endpoint_refused"
    assert set(answer.json["title"]) == {"zh-CN", "en"}
    assert endpoints(house, county.doctor.account.id) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"language": "fr"}, "invalid_request"),
        ({"endpoint": ""}, "invalid_request"),
        ({"endpoint": "https://fcm.googleapis.com/" + "a" * 3000}, "invalid_request"),
        ({"keys": {"p256dh": "A" * 87, "auth": "A" * 22}}, "push_endpoint_refused"),
        ({"keys": {"p256dh": "short", "auth": "A" * 22}}, "invalid_request"),
        ({"keys": {"p256dh": "A" * 87}}, "invalid_request"),
        ({"more": 1}, "invalid_request"),
    ],
)
def test_what_could_never_be_sent_to_is_refused(
    county: County, changes: dict[str, Any], code: str
) -> None:
    answer = county.doctor.post("/push/subscriptions", push_request("x", **changes))
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == code


def test_without_a_session_nothing(client: Any) -> None:
    answer = client.post("/api/v1/push/subscriptions", json=push_request("x"))
    assert answer.status_code == 401
