"""Quarterly household visits: done by anybody of the house, pushed on by closed doors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from backend.followups.model import (
    CANCELLED,
    COMPLETED,
    FAILED,
    REQUESTED,
    Fold,
    Record,
    SubjectFacts,
)
from backend.followups.rules import fold, no_policies
from tests.builders.followups import COUNTY, VILLAGE, record, submission_id, visit
from tests.contract.shared_cases import all_programmes

HOUSE = "0197cccc-0000-7000-8000-000000000001"


def folded(records: list[Record], today: date, **about: Any) -> Fold:
    facts = SubjectFacts("household", HOUSE, COUNTY, VILLAGE, HOUSE, **about)
    return fold(all_programmes().services["household_visit"], facts, records, no_policies, today)


def knock(number: int, day: date, result: str) -> Record:
    return replace(record(number, day, "household_visit", visit_result=result), subject_id=HOUSE)


def test_a_house_owes_a_visit_in_the_quarter_of_today() -> None:
    (task,) = folded([], date(2026, 5, 6)).tasks
    assert (task.anchor, task.opens, task.due) == ("2026Q2", date(2026, 4, 1), date(2026, 5, 15))
    assert (task.closes, task.expires) == (date(2026, 6, 30), date(2026, 6, 30))
    assert task.household_id == HOUSE


def test_quarters_that_passed_without_a_visit_were_missed() -> None:
    found = folded([], date(2026, 8, 1), since=date(2025, 12, 31))
    assert [(task.anchor, task.state) for task in found.tasks] == [
        ("2025Q4", FAILED),
        ("2026Q1", FAILED),
        ("2026Q2", FAILED),
        ("2026Q3", REQUESTED),
    ]


def test_a_follow_up_at_the_home_of_a_member_is_a_visit_of_the_house() -> None:
    (task,) = folded([visit(1, date(2026, 5, 6))], date(2026, 5, 6)).tasks
    assert (task.state, task.state_on) == (COMPLETED, date(2026, 5, 6))
    assert task.done_by_submission_id == submission_id(1)


def test_a_follow_up_by_phone_is_none() -> None:
    (task,) = folded([visit(1, date(2026, 5, 6), visit_mode="3")], date(2026, 5, 6)).tasks
    assert task.state == REQUESTED


def test_each_closed_door_pushes_the_next_try_a_week_on_three_times_at_most() -> None:
    days = [date(2026, 5, 20), date(2026, 5, 28), date(2026, 6, 10), date(2026, 6, 12)]
    knocks = [knock(n, day, "2") for n, day in enumerate(days)]
    due = [folded(knocks[:n], date(2026, 6, 12)).tasks[0].due for n in range(5)]
    assert due == [
        date(2026, 5, 15),
        date(2026, 5, 27),
        date(2026, 6, 4),
        date(2026, 6, 17),
        date(2026, 6, 17),
    ]


def test_no_try_is_planned_past_the_quarter() -> None:
    (task,) = folded([knock(1, date(2026, 6, 28), "2")], date(2026, 6, 28)).tasks
    assert task.due == date(2026, 6, 30)
    assert [reason.rule for reason in task.reasons] == ["due", "retry"]


def test_the_first_visit_that_counts_completes_the_quarter() -> None:
    knocks = [
        knock(1, date(2026, 4, 2), "2"),
        knock(2, date(2026, 4, 9), "1"),
        knock(3, date(2026, 4, 20), "1"),
    ]
    (task,) = folded(knocks, date(2026, 5, 6)).tasks
    assert (task.state_on, task.done_by_submission_id) == (date(2026, 4, 9), submission_id(2))


def test_a_house_that_moved_away_owes_nothing_more() -> None:
    gone = replace(record(1, date(2026, 5, 6), "household", status="3"), subject_id=HOUSE)
    found = folded([gone], date(2026, 12, 1), since=date(2026, 1, 1))
    assert [(task.anchor, task.state) for task in found.tasks] == [
        ("2026Q1", FAILED),
        ("2026Q2", CANCELLED),
    ]


def test_a_house_closed_in_the_register_owes_nothing_more() -> None:
    found = folded([], date(2026, 12, 1), since=date(2026, 4, 1), ended_on=date(2026, 5, 6))
    assert [(task.anchor, task.state) for task in found.tasks] == [("2026Q2", CANCELLED)]
