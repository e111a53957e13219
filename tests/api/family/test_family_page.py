"""A mother opens the link that the doctor's phone showed her. Today is Monday, 23 November 2026."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from apiflask import APIFlask
from icalendar import Calendar
from werkzeug.test import TestResponse

from backend import tables
from backend.audit import service as audit
from backend.followups import service as followups
from backend.house import House
from backend.jobs import dispatch, plan_families
from backend.kernel.ids import new_id
from backend.residents.store import family
from tests.builders.accounts import browser
from tests.builders.areas import OTHER_VILLAGE
from tests.builders.county import County
from tests.builders.followups import task
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


def knowing(token: str, born: str | None = BORN.isoformat()) -> dict[str, str]:
    """The headers of a caregiver: the link, and the birth date of the child."""
    link = {"Authorization": f"Family {token}"}
    return link if born is None else link | {"X-Birth-Date": born}


def call(
    app: APIFlask,
    method: str,
    path: str,
    token: str | None,
    body: Any = None,
    born: str | None = BORN.isoformat(),
) -> TestResponse:
    headers = {} if token is None else knowing(token, born)
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


# ── the second factor ────────────────────────────────────────────────────────────────────────────


def code(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


def test_who_finds_the_slip_does_not_know_the_birth_date(
    app: APIFlask, house: House, county: County
) -> None:
    child = a_child(house)
    assert code(call(app, "GET", "/family", TOKEN, born=None)) == (401, "birth_date_needed")
    for wrong in ("2026-10-23", "20261024", "", "二〇二六"):
        headers = {"Authorization": f"Family {TOKEN}", "X-Birth-Date": wrong.encode().decode("l1")}
        answer = browser(app).get("/api/v1/family", headers=headers)
        assert code(answer) == (401, "birth_date_wrong"), wrong
        assert "王小宝" not in answer.text
    assert call(app, "GET", "/family", TOKEN).status_code == 200
    with house.read() as session:
        assert len(audit.of_action(session, "family_plan_read")) == 1
        assert audit.of_action(session, "family_plan_read")[0].object_id == child


def test_guesses_become_slow_and_the_mother_comes_in_again(
    app: APIFlask, house: House, county: County, clock: FakeClock
) -> None:
    a_child(house)
    days = [BORN - timedelta(days=n) for n in range(1, 40)]
    seen = [code(call(app, "GET", "/family", TOKEN, born=day.isoformat())) for day in days]
    assert seen[:6] == [(401, "birth_date_wrong")] * 6
    assert seen[6:] == [(429, "too_many_attempts")] * 33
    # neither does the right one open while it waits, or it would be told from the wrong ones
    assert code(call(app, "GET", "/family", TOKEN)) == (429, "too_many_attempts")
    clock.advance(minutes=2)
    assert call(app, "GET", "/family", TOKEN).status_code == 200
    assert code(call(app, "GET", "/family", TOKEN, born="2020-01-01")) == (401, "birth_date_wrong")


# ── what the page shows besides the plan ─────────────────────────────────────────────────────────


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


# ── reactions ────────────────────────────────────────────────────────────────────────────────────


def reaction(**changes: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "signs": ["fever", "swelling"],
        "onset_on": "2026-11-22",
        "vaccinated_on": "2026-11-21",
        "note": "打针的地方有点硬",
        "phone": "13900000009",
    } | changes


def test_a_reaction_reaches_the_township_and_the_answer_the_mother(
    app: APIFlask, house: House, county: County
) -> None:
    child = a_child(house)
    first, second = reaction(), reaction(signs=["convulsion"], note=None)
    assert call(app, "POST", "/family/reactions", TOKEN, first).status_code == 201
    answer = call(app, "POST", "/family/reactions", TOKEN, first)  # the answer got lost
    assert answer.status_code == 201
    told = call(app, "POST", "/family/reactions", TOKEN, second).json
    assert told is not None
    assert told["urgent"] is True

    listed = county.reviewer.get("/reactions").json
    assert listed is not None
    assert (listed["open"], listed["urgent"]) == (2, 1)
    assert [one["id"] for one in listed["items"]] == [second["id"], first["id"]]
    assert listed["items"][1]["note"] == "打针的地方有点硬"
    assert listed["items"][1]["child_name"] == "王小宝"
    elsewhere = county.other_reviewer.get("/reactions").json
    assert elsewhere is not None
    assert elsewhere["items"] == []
    path, body = f"/reactions/{first['id']}/answer", {"answer": "冷敷，明天复诊", "action": "seen"}
    assert county.other_reviewer.post(path, body).status_code == 404
    assert county.doctor.post(path, body).status_code == 404
    assert county.reviewer.post(path, body).status_code == 200
    assert code(county.reviewer.post(path, body)) == (409, "decided_meanwhile")

    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    mine = {one["id"]: one for one in view["reactions"]}
    assert mine[first["id"]]["answer"] == "冷敷，明天复诊"
    assert mine[second["id"]]["state"] == "open"
    with house.read() as session:
        assert len(audit.of_action(session, "reaction_told")) == 3
        (entry,) = audit.of_action(session, "reaction_answered")
        assert entry.object_id == first["id"]
        row = session.get(tables.clinic.ReactionRow, first["id"])
        assert row is not None
        assert row.child_id == child
        assert "硬".encode() not in (row.note_locked or b"")


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"onset_on": "2026-11-24"}, 422, "reaction_dates_wrong"),  # tomorrow
        ({"onset_on": "2026-11-20"}, 422, "reaction_dates_wrong"),  # before the vaccination
        ({"signs": []}, 422, "invalid_request"),
        ({"signs": ["autism"]}, 422, "invalid_request"),
        ({"note": "x" * 501}, 422, "invalid_request"),
    ],
)
def test_a_reaction_that_cannot_be_is_refused(
    app: APIFlask,
    house: House,
    county: County,
    changes: dict[str, Any],
    status: int,
    expected: str,
) -> None:
    a_child(house)
    answer = call(app, "POST", "/family/reactions", TOKEN, reaction(**changes))
    assert code(answer) == (status, expected)


def test_one_link_does_not_flood_the_desk(app: APIFlask, house: House, county: County) -> None:
    a_child(house)
    told = [call(app, "POST", "/family/reactions", TOKEN, reaction()) for _ in range(6)]
    assert [one.status_code for one in told] == [201] * 5 + [429]
    assert code(told[-1]) == (429, "reports_too_many")


# ── text messages, calendar ──────────────────────────────────────────────────────────────────────


def test_text_messages_are_a_consent_of_their_own(
    app: APIFlask, house: House, county: County
) -> None:
    child = a_child(house, phone="13900000001")
    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    assert view["sms"] == {"wanted": False, "phone_tail": "0001"}
    assert call(app, "PUT", "/family/sms", TOKEN, {"wanted": True}).status_code == 204
    with house.read() as session:
        assert child in family.standing_consents(session, [child], "vaccination_sms")
        assert family.standing_consents(session, [child], "vaccination_reminder") == {}
    assert call(app, "PUT", "/family/sms", TOKEN, {"wanted": False}).status_code == 204
    with house.read() as session:
        assert family.standing_consents(session, [child], "vaccination_sms") == {}


FEED = "cAl3nd4rF33dcAl3nd4rF33d"


def feed_request(tells: str | None, feed: str = FEED) -> dict[str, Any]:
    return {"tells": tells, "token_sha256": digest_of(feed), "language": "zh-CN"}


def events(app: APIFlask, feed: str = FEED) -> list[Any]:
    answer = browser(app).get(f"/api/v1/family/calendar/{feed}.ics")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_a_calendar_tells_days_and_vaccines_only_when_the_mother_chose_so(
    app: APIFlask, house: House, county: County
) -> None:
    a_child(house)
    path = f"/api/v1/family/calendar/{FEED}.ics"
    assert code(browser(app).get(path)) == (401, "link_not_known")
    assert call(app, "PUT", "/family/calendar", TOKEN, feed_request("dates")).status_code == 204
    (event,) = events(app)
    assert event.decoded("dtstart") == date(2026, 11, 24)
    text = event.to_ical().decode()
    for private in ("王小宝", "乙肝", "疫苗", TOKEN):
        assert private not in text

    assert call(app, "PUT", "/family/calendar", TOKEN, feed_request("vaccines")).status_code == 204
    (event,) = events(app)
    assert "乙肝" in event["description"]
    assert "王小宝" not in event.to_ical().decode()
    view = call(app, "GET", "/family", TOKEN).json
    assert view is not None
    assert view["feed"] == "vaccines"

    # the address of the feed is no key to the page, and the key of the page none to the feed
    assert code(call(app, "GET", "/family", FEED)) == (401, "link_not_known")
    answer = browser(app).get(f"/api/v1/family/calendar/{TOKEN}.ics")
    assert code(answer) == (401, "link_not_known")

    assert call(app, "PUT", "/family/calendar", TOKEN, feed_request(None)).status_code == 204
    assert code(browser(app).get(path)) == (401, "link_not_known")


def test_a_revoked_link_takes_its_calendar_with_it(
    app: APIFlask, house: House, county: County
) -> None:
    child = a_child(house)
    call(app, "PUT", "/family/calendar", TOKEN, feed_request("dates"))
    with house.write() as session:
        (link,) = family.links_of(session, [child])
        family.revoke_link(session, link.id, house.clock())
    answer = browser(app).get(f"/api/v1/family/calendar/{FEED}.ics")
    assert code(answer) == (401, "link_ended")


def test_a_calendar_of_somebody_else_is_not_taken_over(
    app: APIFlask, house: House, county: County
) -> None:
    a_child(house)
    call(app, "PUT", "/family/calendar", TOKEN, feed_request("dates"))
    other = "aN0therM0therAn0therM0t"
    with house.write() as session:
        child = make_child(house, session, "陈小宝", birth_date=BORN)
        make_link(house, session, child, other)
    answer = call(app, "PUT", "/family/calendar", other, feed_request("dates"))
    assert answer.status_code == 404
