"""Periods, their anchors, and whom the calendar has brought something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from backend.followups.model import COMPLETED, FAILED, Task
from backend.followups.rules import Service, compile_programme, fold, no_policies, programmes
from backend.followups.rules.calendar import period_of, periods
from backend.followups.rules.scheduling import looked_at, made_again
from backend.followups.rules.turning import waits
from tests.builders.followups import subject, task
from tests.contract.shared_cases import load, types


def engine(name: str) -> Service:
    """A service of the engine's own cases."""
    file = load(f"followups/engine_{name}.json")
    return programmes((compile_programme(file["programme"], types()),)).services[file["service"]]


@pytest.mark.parametrize(
    ("every", "day", "anchor", "bounds"),
    [
        ("month", date(2024, 2, 29), "2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("two_months", date(2026, 12, 31), "2026M11-12", (date(2026, 11, 1), date(2026, 12, 31))),
        ("quarter", date(2026, 7, 1), "2026Q3", (date(2026, 7, 1), date(2026, 9, 30))),
        ("half_year", date(2026, 6, 30), "2026H1", (date(2026, 1, 1), date(2026, 6, 30))),
        ("year", date(2026, 6, 30), "2026", (date(2026, 1, 1), date(2026, 12, 31))),
    ],
)
def test_a_period_and_its_anchor(
    every: str, day: date, anchor: str, bounds: tuple[date, date]
) -> None:
    found = period_of(every, day)
    assert (found.anchor, (found.start, found.end)) == (anchor, bounds)


def test_periods_follow_one_another_over_the_new_year() -> None:
    found = [p.anchor for p in periods("two_months", date(2025, 12, 31), date(2026, 3, 1))]
    assert found == ["2025M11-12", "2026M01-02", "2026M03-04"]


def test_a_first_visit_puts_down_no_period_before_it_as_missed() -> None:
    old = subject(birth_date=date(1950, 1, 1))
    yearly = engine("year")
    seen = looked_at(old, date(2026, 5, 1))
    assert [t.anchor for t in fold(yearly, seen, [], no_policies, date(2026, 5, 1)).tasks] == [
        "2026"
    ]


def test_last_years_tasks_are_left_alone() -> None:
    yearly = engine("year")

    def of(anchor: str, expires: date, **more: Any) -> Task:
        return task(service="yearly_exam", anchor=anchor, expires=expires, **more)

    before = of("2025", date(2025, 12, 31), id="1")
    now = of("2026", date(2026, 12, 31), id="2")
    by_a_record = of("0198", date(2025, 6, 1), id="3")
    seen = looked_at(subject(), date(2026, 5, 1))
    assert made_again([before, now, by_a_record], yearly, seen) == [now, by_a_record]


def bare(service: Service, about: Any, today: date) -> tuple[Task, ...]:
    return fold(service, replace(about, since=today), [], no_policies, today).tasks


def test_nobody_waits_who_has_every_task_the_calendar_brought() -> None:
    yearly, old, today = engine("year"), subject(birth_date=date(1950, 1, 1)), date(2026, 5, 1)
    assert waits(yearly, old, [], no_policies, today)
    stored = bare(yearly, old, today)
    assert not waits(yearly, old, stored, no_policies, today)
    assert not waits(yearly, old, [replace(t, state=COMPLETED) for t in stored], no_policies, today)
    assert waits(yearly, old, stored, no_policies, date(2027, 1, 1))
    assert not waits(yearly, subject(birth_date=date(1990, 1, 1)), [], no_policies, today)


def test_a_child_waits_when_the_next_window_has_opened() -> None:
    growing, child = engine("points_birth"), subject(birth_date=date(2026, 1, 31))
    stored = bare(growing, child, date(2026, 2, 21))
    assert [t.anchor for t in stored] == ["m1", "m3"]
    assert not waits(growing, child, stored, no_policies, date(2026, 4, 22))
    assert waits(growing, child, stored, no_policies, date(2026, 4, 23))  # m6 is the next now


def test_a_course_waits_once_the_last_task_told_has_opened() -> None:
    course = engine("points_course")
    told = task(
        service="course",
        anchor="0198.p7",
        source_submission_id="0198",
        opens=date(2026, 3, 10),
        closes=date(2026, 3, 15),
        expires=date(2026, 3, 15),
    )

    def waiting(today: date, **more: Any) -> bool:
        return waits(course, subject(), [replace(told, **more)], no_policies, today)

    assert not waiting(date(2026, 3, 9))
    assert waiting(date(2026, 3, 10))
    assert waiting(date(2026, 3, 20), state=FAILED)
    assert not waiting(date(2026, 3, 20), state=COMPLETED)
    assert waiting(date(2026, 5, 14)) and not waiting(date(2026, 5, 15))
    ordinary = replace(told, anchor="0198")  # made by a rule, not by the plan
    assert not waits(course, subject(), [ordinary], no_policies, date(2026, 3, 10))
