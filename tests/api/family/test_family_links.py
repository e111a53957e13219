"""Who gives a link, what it opens to a finder, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from apiflask import APIFlask

from backend.audit import service as audit
from backend.house import House
from backend.kernel.ids import new_id
from backend.residents.store import family
from tests.builders.accounts import browser
from tests.builders.areas import OTHER_VILLAGE
from tests.builders.county import County
from tests.builders.family import BORN, TOKEN, a_child, call, code, digest_of
from tests.builders.reminders import (
    make_child,
    push_request,
)
from tests.fakes.clock import FakeClock


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
