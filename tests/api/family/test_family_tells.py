"""What a mother tells the clinic, and how she wants to be told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from apiflask import APIFlask
from icalendar import Calendar

from backend import tables
from backend.audit import service as audit
from backend.house import House
from backend.residents.store import family
from tests.builders.accounts import browser
from tests.builders.county import County
from tests.builders.family import BORN, TOKEN, a_child, call, code, digest_of, reaction
from tests.builders.reminders import (
    make_child,
    make_link,
)


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
