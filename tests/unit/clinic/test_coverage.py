"""Campaigns and the rapid coverage check: numerators and denominators."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.clinic.rules.coverage import campaigns, percent, rapid_coverage, targets
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE


def report(on: str, vaccinated: int, target: int = 100, **more: int) -> dict[str, Any]:
    return {
        "campaign_name": "查漏补种", "vaccine": "bOPV", "report_date": on,
        "target_count": target, "vaccinated_count": vaccinated, **more,
    }  # fmt: skip


def rows(covered: int, other: int = 0, record: str = "2") -> list[dict[str, str]]:
    yes = [{"parent_says": "1", "record_says": "1"}] * covered
    return yes + [{"parent_says": "1", "record_says": record}] * other


def check(place: str, children: list[dict[str, str]]) -> dict[str, Any]:
    return {"campaign_name": "查漏补种", "place_type": place, "children": children}


def test_a_campaign_counts_against_its_lists_day_by_day() -> None:
    lists = [
        (VILLAGE, {"campaign_name": "查漏补种", "vaccine": "bOPV", "listed_count": 50,
                   "excluded_count": 2}),
        (SIBLING_VILLAGE, {"campaign_name": "查漏补种", "vaccine": "bOPV", "listed_count": 52}),
    ]  # fmt: skip
    reports = [
        (VILLAGE, report("2026-11-20", 30, absent_count=3)),
        (SIBLING_VILLAGE, report("2026-11-20", 20, refused_count=1)),
        (VILLAGE, report("2026-11-21", 15, aefi_count=1)),
    ]
    (found,) = campaigns(lists, reports)
    assert (found.target, found.vaccinated) == (100, 65)
    twentieth, next_day = found.days
    assert (twentieth.on.day, twentieth.vaccinated) == (20, 50)
    assert (twentieth.absent, twentieth.refused, twentieth.aefi) == (3, 1, 0)
    assert (next_day.on.day, next_day.vaccinated, next_day.aefi) == (21, 15, 1)


def test_without_lists_the_reports_own_targets_count_once_a_village() -> None:
    reports = [
        (VILLAGE, report("2026-11-20", 30, target=40)),
        (VILLAGE, report("2026-11-21", 5, target=42)),
        (OTHER_VILLAGE, report("2026-11-21", 9, target=10)),
    ]
    (found,) = campaigns([], reports)
    assert (found.target, found.vaccinated) == (52, 44)


def test_a_list_without_reports_is_a_campaign_that_has_not_begun() -> None:
    (found,) = campaigns(
        [(VILLAGE, {"campaign_name": "秋季", "vaccine": "MMR", "listed_count": 7})], []
    )
    assert (found.target, found.vaccinated, found.days) == (7, 0, [])


@pytest.mark.parametrize(("part", "whole", "said"), [(0, 0, None), (19, 20, 95.0), (2, 3, 66.7)])
def test_percent(part: int, whole: int, said: float | None) -> None:
    assert percent(part, whole) == said


def full(households: tuple[int, int, int], school: int, market: int) -> list[tuple[str, Any]]:
    """10 children in each of three villages, 30 in a school, 30 at a market; so many covered."""
    at_home = zip((VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE), "123", households, strict=True)
    return [
        *((village, check(place, rows(yes, 10 - yes))) for village, place, yes in at_home),
        (VILLAGE, check("4", rows(school, 30 - school))),
        (VILLAGE, check("5", rows(market, 30 - market))),
    ]


@pytest.mark.parametrize(
    ("households", "school", "market", "enough", "said", "catch_up"),
    [
        ((10, 10, 10), 30, 30, True, 100.0, []),
        ((10, 10, 9), 29, 29, True, 96.7, [OTHER_VILLAGE]),  # 29 of 30 reach 95 %, 9 of 10 do not
        ((10, 10, 8), 30, 30, False, 97.8, [OTHER_VILLAGE]),
        ((10, 10, 10), 28, 30, False, 97.8, []),  # 93.3 % in the school
        ((0, 0, 0), 0, 0, False, 0.0, [VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE]),
    ],
)
def test_thirty_at_home_thirty_in_a_school_thirty_at_a_market(
    households: tuple[int, int, int],
    school: int,
    market: int,
    enough: bool,
    said: float,
    catch_up: list[str],
) -> None:
    (found,) = rapid_coverage(full(households, school, market))
    assert (found.complete, found.villages) == (True, 3)
    assert (found.enough, found.percent, found.catch_up) == (enough, said, catch_up)


@pytest.mark.parametrize(
    ("parent", "record", "covered", "disagree"),
    [
        ("1", "1", 1, 0), ("1", "2", 0, 1), ("2", "1", 0, 1), ("2", "2", 0, 0),
        ("3", "1", 0, 0), ("1", "3", 0, 0), ("", "1", 0, 0),
    ],
)  # fmt: skip
def test_parent_and_record_must_agree(
    parent: str, record: str, covered: int, disagree: int
) -> None:
    (found,) = rapid_coverage(
        [(VILLAGE, check("1", [{"parent_says": parent, "record_says": record}]))]
    )
    part = found.parts["households"]
    assert (part.checked, part.covered, part.disagree) == (1, covered, disagree)
    assert not found.complete


def test_a_check_with_fewer_places_is_not_complete_and_an_empty_one_proves_nothing() -> None:
    (found,) = rapid_coverage([(VILLAGE, check("4", rows(30)))])
    assert (found.complete, found.enough, found.percent) == (False, True, 100.0)
    (found,) = rapid_coverage([(VILLAGE, check("4", []))])
    assert (found.enough, found.percent) == (False, None)


def test_days_stand_in_order() -> None:
    (found,) = campaigns([], [(VILLAGE, report(f"2026-11-{d:02}", d)) for d in (9, 2, 5)])
    assert [day.on for day in found.days] == [date(2026, 11, d) for d in (2, 5, 9)]


def test_the_list_names_those_who_are_left_first() -> None:
    def child(name: str, **changes: Any) -> dict[str, Any]:
        return {"child_name": name, "child_birth_date": "2024-05-01", **changes}

    mine = {"campaign_name": "查漏补种", "vaccine": "bOPV"}
    lists: list[tuple[str, dict[str, Any]]] = [
        (VILLAGE, mine | {"children": [
            child("已种", vaccinated_on="2026-11-20"),
            child("禁忌", contraindicated="1"),
            child("外出", not_reason="1", contraindicated="2"),
        ]}),
        (VILLAGE, mine | {"vaccine": "MMR", "children": [child("别的疫苗")]}),
        (VILLAGE, mine),
    ]  # fmt: skip
    found = targets(lists, "查漏补种", "bOPV")
    assert [(one.name, one.is_left) for one in found] == [
        ("外出", True),
        ("已种", False),
        ("禁忌", False),
    ]
