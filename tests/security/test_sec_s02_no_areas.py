"""S02: who has no area sees nothing. An empty list of ranges must never mean 'no condition'."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.accounts.service import administration
from backend.house import House
from backend.kernel.clock import local_date
from backend.kernel.ids import new_id
from backend.review.model import ReviewPolicy
from backend.review.store import decisions
from backend.submissions.store import submissions
from tests.builders.areas import TOWNSHIP
from tests.builders.county import County
from tests.builders.feed import feed_settled
from tests.builders.figures import submission
from tests.builders.residents import make_household, make_resident

LISTS = (
    "/tasks",
    "/submissions",
    "/residents?q=张",
    "/quarantine",
    "/reminders",
    "/accounts",
    "/areas",
    "/figures/people?indicator=fd_rate&year=2026&month=11",
    "/exports/links",
    "/review/policies",
)
BACKEND = Path(__file__).parents[2] / "backend"


@pytest.mark.parametrize("path", LISTS)
def test_sec_s02_staff_without_an_area_see_nothing(house: House, county: County, path: str) -> None:
    with house.write() as session:
        who = make_resident(house, session, household_id=make_household(house, session).id)
        made = submission("htn_followup", ("resident", who.id), local_date(house.clock()))
        submissions.add(session, [made])
        by = county.supervisor.account.id
        decisions.set_policy(session, ReviewPolicy(new_id(), TOWNSHIP, 7, 10, by, house.clock()))
        administration.set_areas(session, county.reviewer.account.id, [])
    answer = county.reviewer.get(path)
    assert answer.status_code == 200
    assert answer.json is not None and answer.json["items"] == []


def test_sec_s02_a_doctor_without_a_village_syncs_nothing(house: House, county: County) -> None:
    with house.write() as session:
        make_household(house, session)
        administration.set_areas(session, county.doctor.account.id, [])
    feed_settled(house.engine)
    answer = county.doctor.get("/sync").json
    assert answer is not None and answer["changes"] == []


def test_sec_s02_no_condition_is_made_of_a_list_that_may_be_empty() -> None:
    """``or_(*[])`` is no condition: whoever has no area would see everything."""
    bare = re.compile(r"\bor_\(\s*\*")
    found = [str(path) for path in BACKEND.rglob("*.py") if bare.search(path.read_text("utf-8"))]
    assert found == []
