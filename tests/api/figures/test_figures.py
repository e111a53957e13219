"""Figures at the desk: both numbers, down to the people, inside one's own areas."""

from __future__ import annotations

from typing import Any

import pytest

from backend import jobs, tables
from backend.api.wire.figures import CountedPage, Figures, Indicators
from backend.house import House
from backend.kernel.clock import local_date
from backend.submissions.store import submissions
from tests.builders.areas import COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.builders.county import County
from tests.builders.feed import feed_settled
from tests.builders.figures import submission
from tests.builders.residents import make_household, make_resident

NOW = "year=2026&month=11"


@pytest.fixture
def elders(house: House, county: County) -> dict[str, str]:
    """Three residents of 68 in a village; one was checked this year."""
    with house.write() as session:
        home = make_household(house, session, responsible_worker_id=county.doctor.account.id).id
        ids = {
            name: make_resident(house, session, household_id=home, name=name).id
            for name in ("张秀英", "王桂兰", "李玉珍")
        }
        submissions.add(
            session,
            [
                submission(
                    "elderly_check",
                    ("resident", ids["张秀英"]),
                    local_date(house.clock()),
                    household_id=home,
                    answers={"check_kind": "1"},
                )
            ],
        )
    feed_settled(house.engine)
    jobs.refresh_figures(house, house.clock())
    return ids


def line(answer: Any, key: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json
    return next(item for item in answer.json["items"] if item["key"] == key)


def test_a_figure_has_both_numbers_and_opens_to_its_people(
    county: County, elders: dict[str, str]
) -> None:
    answer = county.reviewer.get(f"/figures?{NOW}")
    Figures().load(answer.json)
    found = line(answer, "elderly_rate")
    assert found["sum"] == {"met": 1, "due": 3, "percent": 33.3}
    assert found["target"] == 64.0
    assert found["months"][9] == {"met": 0, "due": 3, "percent": 0.0}
    assert found["months"][11] is None, "December has not begun"

    unmet = county.reviewer.get(f"/figures/people?indicator=elderly_rate&{NOW}").json
    CountedPage().load(unmet)
    assert {item["name"] for item in unmet["items"]} == {"王桂兰", "李玉珍"}
    assert {item["worker"]["name"] for item in unmet["items"]} == {"张玉兰"}
    met = county.reviewer.get(f"/figures/people?indicator=elderly_rate&{NOW}&part=met").json
    assert [item["name"] for item in met["items"]] == ["张秀英"]


def test_by_village_township_and_doctor(county: County, elders: dict[str, str]) -> None:
    for by, name in (("village", "上河村"), ("township", "青山镇"), ("worker", "张玉兰")):
        (part,) = county.supervisor.get(f"/figures?{NOW}&by={by}").json["parts"]
        assert part["name"] == name
        assert part["sums"]["elderly_rate"] == {"met": 1, "due": 3, "percent": 33.3}


def test_official_figures_wait_for_approval(county: County, elders: dict[str, str]) -> None:
    found = line(county.reviewer.get(f"/figures?{NOW}&basis=official"), "elderly_rate")
    assert found["sum"] == {"met": 0, "due": 3, "percent": 0.0}


def test_a_township_sees_its_own_alone(county: County, elders: dict[str, str]) -> None:
    other = county.other_reviewer.get(f"/figures?{NOW}")
    assert line(other, "elderly_rate")["sum"]["due"] == 0
    asked = f"/figures/people?indicator=elderly_rate&{NOW}&area={VILLAGE}"
    assert county.other_reviewer.get(asked).status_code == 404
    assert county.other_reviewer.get(f"/figures?{NOW}&area={TOWNSHIP}").status_code == 404
    assert county.doctor.get(f"/figures?{NOW}").status_code == 404
    assert county.other_reviewer.get("/indicators").status_code == 200


def test_opening_a_figure_is_audited(house: House, county: County, elders: dict[str, str]) -> None:
    county.reviewer.get(f"/figures/people?indicator=elderly_rate&{NOW}")
    with house.read() as session:
        rows = session.query(tables.audit.AuditRow).filter_by(action="figure_opened").all()
    assert [(row.object_id, row.detail["count"]) for row in rows] == [("elderly_rate", 2)]


def test_an_area_sets_its_targets_and_weights(county: County, elders: dict[str, str]) -> None:
    aims = {"targets": {"elderly_rate": 66.6}, "weights": {"elderly_rate": 20}}
    body = {"area": TOWNSHIP, "year": 2026, **aims}
    assert county.other_reviewer.put("/figures/aims", body).status_code == 404
    assert county.reviewer.put("/figures/aims", body).json["weights"] == {"elderly_rate": 20.0}
    answer = county.reviewer.get(f"/figures?{NOW}")
    assert line(answer, "elderly_rate")["target"] == 66.6
    assert answer.json["score"] == 50.0
    assert answer.json["parts"][0]["score"] == 50.0
    far = county.supervisor.get(f"/figures/aims?area={OTHER_TOWNSHIP}&year=2026").json
    assert far["targets"]["elderly_rate"] == 64.0, "the neighbour goes by the county's"
    county_wide = {"area": COUNTY, "year": 2026, **aims, "targets": {"elderly_rate": 70}}
    county.supervisor.put("/figures/aims", county_wide)
    kept = county.supervisor.get(f"/figures/aims?area={VILLAGE}&year=2026").json
    assert kept["targets"]["elderly_rate"] == 66.6, "the smaller area decides"


@pytest.mark.parametrize(
    ("targets", "code"),
    [({"nothing": 5}, "unknown_indicator"), ({"elderly_rate": 101}, "aim_out_of_range")],
)
def test_an_aim_that_makes_no_sense(county: County, targets: dict[str, int], code: str) -> None:
    body = {"area": TOWNSHIP, "year": 2026, "targets": targets, "weights": {}}
    answer = county.reviewer.put("/figures/aims", body)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_every_indicator_is_told_in_words(county: County) -> None:
    answer = county.reviewer.get("/indicators").json
    Indicators().load(answer)
    assert len(answer["items"]) > 20
    assert all(item["explained"]["zh-CN"] for item in answer["items"])
