"""A mother opens the link that the doctor's phone showed her. Today is Monday, 23 November 2026."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from backend.audit import service as audit
from backend.house import House
from backend.jobs import dispatch, plan_families
from backend.kernel.ids import new_id
from backend.residents.store import family
from tests.builders.accounts import browser
from tests.builders.areas import OTHER_VILLAGE
from tests.builders.county import County
from tests.builders.reminders import (
    make_child,
    make_dose,
    make_link,
    push_address,
    push_request,
)
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock

TOKEN = "kZr3mQ8vT2xW9bYcL5nPfA"
BORN = date(2026, 10, 24)  # one month old tomorrow: the second hepatitis B dose


def call(
    app: APIFlask, method: str, path: str, token: str | None, body: Any = None
) -> TestResponse:
    headers = {} if token is None else {"Authorization": f"Family {token}"}
    return browser(app).open("/api/v1" + path, method=method, headers=headers, json=body)


def a_child(house: House, **changes: Any) -> str:
    with house.write() as session:
        child = make_child(house, session, birth_date=BORN, **changes)
        make_link(house, session, child, TOKEN)
        for vaccine in ("HepB", "BCG"):
            make_dose(session, child, vaccine, BORN)
    return child


def test_the_link_opens_the_plan_of_one_child(app: APIFlask, house: House, county: County) -> None:
    child = a_child(house, id_no="990123202610240021", phone="13900000001")
    answer = call(app, "GET", "/family", TOKEN)
    assert answer.status_code == 200, answer.text
    view = answer.json
    assert view is not None
    assert view["child"] == {"name": "王小宝", "sex": "2", "birth_date": "2026-10-24"}
    assert view["village"] == "上河村"
    assert view["today"] == "2026-11-23"
    doses = {dose["dose_id"]: dose for dose in view["doses"]}
    assert doses["HepB-1"]["status"] == "done"
    assert doses["HepB-1"]["given_on"] == "2026-10-24"
    assert (doses["HepB-2"]["due"], doses["HepB-2"]["status"]) == ("2026-11-24", "upcoming")
    assert view["next"]["on"] == "2026-11-24"
    assert [v["zh-CN"] for v in view["next"]["vaccines"]] == [doses["HepB-2"]["label"]["zh-CN"]]
    assert view["push"]["subscribed"] is False
    for private in ("990123202610240021", "13900000001", child, "张"):
        assert private not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    with house.read() as session:
        (entry,) = audit.of_action(session, "family_plan_read")
        assert (entry.actor.kind, entry.object_id) == ("caregiver", child)
        (link,) = family.links_of(session, [child])
        assert entry.actor.id == link.id
        assert link.last_used_at == house.clock()


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Family ",
        "Family wrong-wrong-wrong-wrong",
        f"family {TOKEN}",
        f"Bearer {TOKEN}",
        f"Family {TOKEN} ",
        "Family " + "a" * 500,
        f"Family {TOKEN[:-1]}",
    ],
)
def test_a_link_that_is_not_known_opens_nothing(
    app: APIFlask, house: House, county: County, header: str | None
) -> None:
    a_child(house)
    headers = {} if header is None else {"Authorization": header}
    answer = browser(app).get("/api/v1/family", headers=headers)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "link_not_known"


def test_a_link_scanned_before_the_phone_was_online_is_not_known_yet(
    app: APIFlask, house: House, county: County
) -> None:
    with house.write() as session:
        make_link(house, session, new_id(), TOKEN)
    answer = call(app, "GET", "/family", TOKEN)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (401, "link_not_known")


@pytest.mark.parametrize("why", ["expired", "revoked", "died"])
def test_an_ended_link_says_so(app: APIFlask, house: House, county: County, why: str) -> None:
    with house.write() as session:
        child = make_child(house, session, status="4" if why == "died" else "1")
        ends = house.clock().date() - timedelta(days=1 if why == "expired" else -1)
        link = make_link(house, session, child, TOKEN, expires_on=ends)
        if why == "revoked":
            family.revoke_link(session, link.id, house.clock())
    for method, path, body in (
        ("GET", "/family", None),
        ("POST", "/family/push", push_request("mother")),
    ):
        answer = call(app, method, path, TOKEN, body)
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (401, "link_ended")


def test_the_link_works_on_its_last_day(app: APIFlask, house: House, county: County) -> None:
    with house.write() as session:
        child = make_child(house, session)
        make_link(house, session, child, TOKEN, expires_on=date(2026, 11, 23))
    assert call(app, "GET", "/family", TOKEN).status_code == 200


def test_from_consent_to_reminder_to_silence(
    app: APIFlask, house: House, county: County, clock: FakeClock
) -> None:
    child = a_child(house)
    channel = FakeChannel()
    clock.set(clock() - timedelta(days=3))
    assert call(app, "POST", "/family/push", TOKEN, push_request("mother")).status_code == 204
    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    assert view["push"]["subscribed"] is True

    clock.set(clock() + timedelta(days=3))
    assert plan_families(house, clock()) == 1
    assert plan_families(house, clock()) == 0
    assert dispatch(house, channel) == 1
    assert channel.told == [push_address("mother")]
    assert channel.sent[0][1].title == "预防接种提醒"

    gone = call(app, "DELETE", "/family/push", TOKEN, {"endpoint": push_address("mother")})
    assert gone.status_code == 204
    clock.set(clock() + timedelta(days=8))  # the next step, a week after the due date
    assert plan_families(house, clock()) == 0
    assert dispatch(house, channel) == 0
    with house.read() as session:
        assert family.standing_consents(session, [child], "vaccination_reminder") == {}
        assert len(audit.of_action(session, "reminders_consented")) == 1
        assert len(audit.of_action(session, "reminders_stopped")) == 1


def test_sec_s29_hostile_addresses_are_refused_and_no_consent_is_kept(
    app: APIFlask, house: House, county: County
) -> None:
    child = a_child(house)
    body = push_request("x", endpoint="https://169.254.169.254/latest")
    answer = call(app, "POST", "/family/push", TOKEN, body)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "push_endpoint_refused")
    with house.read() as session:
        assert family.standing_consents(session, [child], "vaccination_reminder") == {}


def test_a_session_is_no_link_and_a_link_no_session(
    app: APIFlask, house: House, county: County
) -> None:
    child = a_child(house)
    assert county.doctor.get("/family").status_code == 401
    assert call(app, "GET", f"/children/{child}/forecast", TOKEN).status_code == 401
    assert call(app, "POST", "/push/subscriptions", TOKEN, push_request("x")).status_code == 401


# ── the doctor's side ────────────────────────────────────────────────────────────────────────────


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def test_doctor_and_township_read_the_plan_of_their_own_children(
    app: APIFlask, house: House, county: County
) -> None:
    child = a_child(house)
    for page in (county.doctor, county.reviewer, county.supervisor):
        answer = page.get(f"/children/{child}/forecast")
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        assert len(answer.json["doses"]) > 20
        assert answer.json["edition"]["version"] == 2
    for page in (county.sibling_doctor, county.other_doctor, county.other_reviewer):
        assert page.get(f"/children/{child}/forecast").status_code == 404
    assert county.doctor.get(f"/children/{new_id()}/forecast").status_code == 404


def test_a_doctor_gives_a_link_and_ends_it(app: APIFlask, house: House, county: County) -> None:
    child = a_child(house)
    body = {"token_sha256": digest_of("another-token-for-dad"), "expires_on": "2027-11-23"}
    made = county.doctor.post(f"/children/{child}/family-links", body)
    assert made.status_code == 201, made.text
    assert made.json is not None
    again = county.doctor.post(f"/children/{child}/family-links", body)  # the answer got lost
    assert again.json is not None
    assert again.json["id"] == made.json["id"]
    assert call(app, "GET", "/family", "another-token-for-dad").status_code == 200
    call(app, "POST", "/family/push", "another-token-for-dad", push_request("father"))

    listed = county.reviewer.get(f"/children/{child}/family-links").json
    assert listed is not None
    assert len(listed["items"]) == 2
    assert "token" not in str(listed)

    path = f"/children/{child}/family-links/{made.json['id']}"
    assert county.other_doctor.delete(path).status_code == 404
    assert county.doctor.delete(path).status_code == 204
    answer = call(app, "GET", "/family", "another-token-for-dad")
    assert answer.json is not None
    assert answer.json["code"] == "link_ended"
    with house.read() as session:
        assert family.standing_consents(session, [child], "vaccination_reminder") == {}
    assert call(app, "GET", "/family", TOKEN).status_code == 200


@pytest.mark.parametrize("expires_on", ["2026-11-22", "2027-11-24", "9999-12-31"])
def test_a_link_has_an_end(house: House, county: County, expires_on: str) -> None:
    child = a_child(house)
    body = {"token_sha256": digest_of("x"), "expires_on": expires_on}
    answer = county.doctor.post(f"/children/{child}/family-links", body)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "link_dates_wrong")


def test_nobody_gives_links_to_children_of_others(house: House, county: County) -> None:
    child = a_child(house)
    with house.write() as session:
        other = make_child(house, session, "陈小宝", village=OTHER_VILLAGE)
    body = {"token_sha256": digest_of("y"), "expires_on": "2027-01-01"}
    assert county.doctor.post(f"/children/{other}/family-links", body).status_code == 404
    assert county.reviewer.post(f"/children/{child}/family-links", body).status_code == 404
    # A digest that opens another child's plan already is not moved to this one.
    assert county.doctor.post(f"/children/{child}/family-links", body).status_code == 201
    assert county.other_doctor.post(f"/children/{other}/family-links", body).status_code == 404
