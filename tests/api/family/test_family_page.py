"""A mother opens the link that the doctor's phone showed her. Today is Monday, 23 November 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from apiflask import APIFlask

from backend.audit import service as audit
from backend.followups import service as followups
from backend.house import House
from backend.jobs import dispatch, plan_families
from backend.kernel.ids import new_id
from backend.residents.store import family
from tests.builders.accounts import browser
from tests.builders.county import County
from tests.builders.family import BORN, TOKEN, a_child, call
from tests.builders.followups import task
from tests.builders.reminders import (
    make_child,
    make_link,
    push_address,
    push_request,
)
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock


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
        child = make_child(house, session, birth_date=BORN, status="4" if why == "died" else "1")
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
        child = make_child(house, session, birth_date=BORN)
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


def test_the_next_visit_has_a_place_and_a_time(app: APIFlask, house: House, county: County) -> None:
    a_child(house)
    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    assert view["next"]["day"] is None
    body = {
        "area_code": county.reviewer.account.areas[0],
        "on": ["2026-11-25", "2026-11-23"],
        "starts": "08:30",
        "ends": "11:30",
        "place": "青山镇卫生院二楼",
    }
    assert county.reviewer.post("/clinic/days", body).status_code == 201
    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    assert view["next"]["on"] == "2026-11-24"
    assert view["next"]["day"] == {
        "on": "2026-11-25", "starts": "08:30", "ends": "11:30", "place": "青山镇卫生院二楼",
    }  # fmt: skip


def test_the_mothers_checks_stand_beside_the_childs(
    app: APIFlask, house: House, county: County
) -> None:
    with house.write() as session:
        mother = make_child(house, session, "王芳", birth_date=date(1998, 1, 1))
        other = make_child(house, session, "李四", birth_date=date(1998, 1, 1))
        child = make_child(house, session, birth_date=BORN, mother_id=mother)
        make_link(house, session, child, TOKEN)
        for subject, service, opens in (
            (mother, "postpartum_42d", date(2026, 12, 5)),
            (mother, "hypertension", date(2026, 12, 5)),
            (other, "postpartum", date(2026, 12, 5)),
            (child, "child", date(2027, 1, 24)),
        ):
            due = task(
                id=new_id(), subject_id=subject, service=service, kind="check", anchor=service,
                opens=opens, due=opens + timedelta(days=5), closes=opens + timedelta(days=14),
            )  # fmt: skip
            followups.save(session, [due], house.clock())
    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    assert [(one["who"], one["service"], one["due"]) for one in view["checks"]] == [
        ("mother", "postpartum_42d", "2026-12-10"),
        ("child", "child", "2027-01-29"),
    ]
    assert "hypertension" not in str(view["checks"])


def test_the_questions_are_those_of_the_vaccination_form(
    app: APIFlask, house: House, county: County
) -> None:
    a_child(house)
    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    asked = {one["code"]: one["label"]["zh-CN"] for one in view["questions"]}
    assert "0" not in asked
    assert "发热" in asked["1"]
    assert len(asked) == 11
