"""A spreadsheet refreshes by itself: with its token alone, within its maker's reach."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend import tables
from backend.accounts.service import administration
from backend.exports.rules.limits import MOST
from backend.house import House
from backend.kernel.clock import local_date
from backend.submissions.store import submissions
from tests.api.exports.test_exports import lines
from tests.builders.areas import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.builders.county import County
from tests.builders.figures import submission
from tests.builders.residents import make_resident
from tests.fakes.clock import FakeClock

ASKED = {"form": "htn_followup", "area": TOWNSHIP, "reason": "每月进度表"}


@pytest.fixture
def seen(house: House, county: County) -> str:
    with house.write() as session:
        who = make_resident(house, session, name="张秀英").id
        far = make_resident(house, session, OTHER_VILLAGE).id
        day = local_date(house.clock())
        mine = submission("htn_followup", ("resident", who), day, answers={"sbp": 152})
        theirs = submission("htn_followup", ("resident", far), day, village=OTHER_VILLAGE)
        submissions.add(session, [mine, theirs])
    return mine.id


def refresh(client: FlaskClient, link: dict[str, Any], token: str | None = None) -> Any:
    basic = b64encode(f"{link['id']}:{token or link['token']}".encode()).decode()
    return client.get("/api/v1/exports/records.csv", headers={"Authorization": f"Basic {basic}"})


def test_it_reads_its_area_and_no_names(
    client: FlaskClient, county: County, seen: str, house: House
) -> None:
    link = county.reviewer.post("/exports/links", ASKED).json
    (row,) = lines(refresh(client, link))
    assert (row["submission_id"], row["sbp"]) == (seen, "152")
    assert "name" not in row
    named = county.reviewer.post("/exports/links", ASKED | {"names": True}).json
    assert lines(refresh(client, named))[0]["name"] == "张秀英"
    with house.read() as session:
        kept = session.get(tables.exports.CsvLinkRow, link["id"])
        entries = session.query(tables.audit.AuditRow).filter_by(action="exported").all()
    assert kept is not None and link["token"] not in repr(vars(kept))
    assert [entry.object_id for entry in entries] == [link["id"], named["id"]]


def test_a_wrong_a_revoked_and_an_ended_token_read_nothing(
    client: FlaskClient, county: County, seen: str, clock: FakeClock
) -> None:
    link = county.reviewer.post("/exports/links", ASKED).json
    assert refresh(client, link, "x" * 43).status_code == 401
    assert client.get("/api/v1/exports/records.csv").status_code == 401
    shown = county.reviewer.get("/exports/links").json["items"]
    assert [one["id"] for one in shown] == [link["id"]] and "token" not in shown[0]
    assert county.other_reviewer.delete(f"/exports/links/{link['id']}").status_code == 404
    assert county.reviewer.delete(f"/exports/links/{link['id']}").status_code == 204
    assert refresh(client, link).status_code == 401
    late = county.reviewer.post("/exports/links", ASKED).json
    clock.advance(days=367)
    assert refresh(client, late).status_code == 401


def test_it_opens_no_more_than_its_maker_may_see(
    client: FlaskClient, county: County, seen: str, house: House
) -> None:
    link = county.reviewer.post("/exports/links", ASKED).json
    with house.write() as session:
        administration.set_areas(session, county.reviewer.account.id, [VILLAGE])
    assert refresh(client, link).status_code == 401
    theirs = county.other_reviewer.post("/exports/links", ASKED)
    assert theirs.status_code == 404
    assert county.doctor.post("/exports/links", ASKED).status_code == 404
    other = county.supervisor.post("/exports/links", ASKED).json
    with house.write() as session:
        administration.disable(session, county.supervisor.account.id, house.clock())
    assert refresh(client, other).status_code == 401


def test_not_too_often(client: FlaskClient, county: County, seen: str, clock: FakeClock) -> None:
    link = county.reviewer.post("/exports/links", ASKED).json
    answers = [refresh(client, link).status_code for _ in range(MOST + 1)]
    assert answers == [200] * MOST + [429]
    clock.advance(minutes=61)
    assert refresh(client, link).status_code == 200
