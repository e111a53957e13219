"""A village passes to another doctor: register, phones and figures follow, in one audited act."""

from __future__ import annotations

from backend import jobs, tables
from backend.accounts import service as accounts
from backend.feed import service as feed
from backend.house import House
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE
from tests.builders.county import County
from tests.builders.feed import feed_settled
from tests.builders.residents import make_household, make_resident


def asked(county: County) -> dict[str, str]:
    return {
        "from_id": county.doctor.account.id,
        "to_id": county.sibling_doctor.account.id,
        "reason": "张医生退休",
    }


def test_register_sync_and_figures_follow(house: House, county: County) -> None:
    with house.write() as session:
        home = make_household(house, session, responsible_worker_id=county.doctor.account.id).id
        who = make_resident(house, session, household_id=home).id
        feed.changed(session, [("household", home, VILLAGE), ("resident", who, VILLAGE)])
    feed_settled(house.engine)
    jobs.refresh_figures(house, house.clock())
    assert {c["id"] for c in county.doctor.get("/sync").json["changes"]} >= {home, who}

    answer = county.reviewer.post(f"/areas/{VILLAGE}/transfer", asked(county))
    assert (answer.status_code, answer.json) == (200, {"households": 1})

    with house.read() as session:
        giver = accounts.account(session, county.doctor.account.id)
        taker = accounts.account(session, county.sibling_doctor.account.id)
        (row,) = session.query(tables.audit.AuditRow).filter_by(action="village_transferred")
        kept = session.get(tables.residents.HouseholdRow, home)
    assert giver is not None and giver.areas == ()
    assert taker is not None and set(taker.areas) == {VILLAGE, SIBLING_VILLAGE}
    assert kept is not None and kept.responsible_worker_id == taker.id
    assert (row.object_id, row.detail["reason"]) == (VILLAGE, "张医生退休")

    feed_settled(house.engine)
    assert county.doctor.get("/sync").json["changes"] == []
    assert {c["id"] for c in county.sibling_doctor.get("/sync").json["changes"]} >= {home, who}
    jobs.refresh_figures(house, house.clock())
    by = county.reviewer.get("/figures?year=2026&month=11&by=worker").json["parts"]
    assert {part["id"] for part in by if part["sums"]} == {taker.id}


def test_what_is_not_transferred(county: County) -> None:
    body = asked(county)
    far = {**body, "to_id": county.other_doctor.account.id}
    staff = {**body, "to_id": county.reviewer.account.id}
    same = {**body, "to_id": body["from_id"]}
    for refused in (far, staff, same):
        answer = county.reviewer.post(f"/areas/{VILLAGE}/transfer", refused)
        assert answer.status_code == 404
    assert county.reviewer.post(f"/areas/{OTHER_VILLAGE}/transfer", body).status_code == 404
    assert county.doctor.post(f"/areas/{VILLAGE}/transfer", body).status_code == 404
    wrong = county.reviewer.post(f"/areas/{SIBLING_VILLAGE}/transfer", body)
    assert (wrong.status_code, wrong.json["code"]) == (409, "village_not_theirs")
    assert county.supervisor.post(f"/areas/{VILLAGE}/transfer", far).status_code == 200
