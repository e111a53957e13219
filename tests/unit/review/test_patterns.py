"""What shows beside other visits: the invented case, and the honest one that looks like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from backend.review.model import VisitFacts
from backend.review.rules import patterns
from backend.review.rules.profiling import raise_patterns

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in China
DAY = date(2026, 11, 23)
CLINIC = (116.2, 30.6)


def visit(no: int, at: datetime = TEN, **changes: Any) -> VisitFacts:
    """A home visit at its own door, with readings of its own."""
    made = VisitFacts(
        submission_id=f"s{no}",
        version_id=f"s{no}",
        subject_id=f"r{no}",
        household_id=f"h{no}",
        form_key="htn_followup",
        mode="2",
        visit_date=DAY,
        finalised_at=at,
        seconds=200,
        fix=(CLINIC[0] + no * 0.002, CLINIC[1], 10.0),
        fix_state="fixed",
        distance_m=12,
        readings={"sbp": 120.0 + no, "dbp": 80.0, "heart_rate": 70.0, "weight": 60.0},
        answer_count=30,
    )
    return replace(made, **changes)


def series(number: int, gap: timedelta, **changes: Any) -> list[VisitFacts]:
    return [visit(no, TEN + no * gap, **changes) for no in range(number)]


def spread(number: int, gap: timedelta, days: int) -> list[VisitFacts]:
    return [
        replace(one, visit_date=DAY - timedelta(days=no % days))
        for no, one in enumerate(series(number, gap))
    ]


MINUTES = timedelta(minutes=1)
WALK = 20 * MINUTES

CASES: list[tuple[str, Callable[[Sequence[VisitFacts]], object], list[VisitFacts], int]] = [
    ("a month written in one night", patterns.spread_dates, spread(8, 4 * MINUTES, 8), 8),
    ("today and yesterday, in the evening", patterns.spread_dates, spread(8, 4 * MINUTES, 2), 0),
    ("a working day", patterns.spread_dates, spread(8, WALK, 8), 0),
    ("six doors in six minutes", patterns.many_in_minutes, series(6, MINUTES), 6),
    ("six doors in two hours", patterns.many_in_minutes, series(6, WALK), 0),
    (
        "a vaccination day at the clinic",
        patterns.many_in_minutes,
        series(40, MINUTES, mode="1"),
        0,
    ),
    ("telephone calls", patterns.many_in_minutes, series(9, MINUTES, mode="3"), 0),
    (
        "a household of six in one sitting",
        patterns.many_in_minutes,
        series(6, MINUTES, household_id="h"),
        0,
    ),
    (
        "two villages ten kilometres apart within three minutes",
        patterns.impossible_travel,
        [visit(0), visit(1, TEN + 3 * MINUTES, fix=(116.3, 30.6, 10.0))],
        1,
    ),
    (
        "the same way in half an hour",
        patterns.impossible_travel,
        [visit(0), visit(1, TEN + 30 * MINUTES, fix=(116.3, 30.6, 10.0))],
        0,
    ),
    (
        "a fix of a valley that is off by five kilometres and says so",
        patterns.impossible_travel,
        [visit(0), visit(1, TEN + 3 * MINUTES, fix=(116.25, 30.6, 5000.0))],
        0,
    ),
    (
        "the same four readings at two doors",
        patterns.copied_answers,
        series(2, WALK, readings={"sbp": 132.0, "dbp": 82.0, "heart_rate": 72.0, "weight": 60.0}),
        2,
    ),
    (
        "the same readings of one resident, measured twice",
        patterns.copied_answers,
        series(
            2,
            WALK,
            subject_id="r",
            readings={"sbp": 132.0, "dbp": 82.0, "heart_rate": 72.0, "weight": 60.0},
        ),
        0,
    ),
    (
        "two readings that agree by chance",
        patterns.copied_answers,
        series(2, WALK, readings={"sbp": 130.0, "dbp": 80.0}),
        0,
    ),
    ("one photo at three doors", patterns.repeated_photo, series(3, WALK, pictures=("a",)), 3),
    (
        "one photo for a family",
        patterns.repeated_photo,
        series(3, WALK, pictures=("a",), household_id="h"),
        0,
    ),
    (
        "six homes written at the desk",
        patterns.one_spot,
        series(6, WALK, fix=(*CLINIC, 10.0), distance_m=1500),
        6,
    ),
    (
        "six neighbours in one building",
        patterns.one_spot,
        series(6, WALK, fix=(*CLINIC, 10.0), distance_m=20),
        0,
    ),
    (
        "six clinic visits of people from afar",
        patterns.one_spot,
        series(6, WALK, fix=(*CLINIC, 10.0), distance_m=1500, mode="1"),
        0,
    ),
]


@pytest.mark.parametrize(
    ("look", "visits", "flagged"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_pattern_and_its_innocent_twin(
    look: Callable[[Sequence[VisitFacts]], Any], visits: list[VisitFacts], flagged: int
) -> None:
    assert len(look(visits)) == flagged
    assert len(look(visits[::-1])) == flagged, "phones bring visits in any order"


def test_readings_that_stay_the_same_from_visit_to_visit_are_counted() -> None:
    first, second = visit(0), replace(visit(0, TEN + WALK), submission_id="later")
    moved = replace(second, visit_date=DAY + timedelta(days=90))
    assert patterns.unchanged([first, moved]) == {"later"}
    assert patterns.unchanged([first, replace(moved, readings={"sbp": 121.0})]) == set()


def test_a_visit_can_show_several_patterns() -> None:
    night = [replace(one, readings=visit(0).readings) for one in spread(8, 2 * MINUTES, 8)]
    kinds = {flag.kind for flag in raise_patterns(night)["s3"]}
    assert kinds == {"spread_dates", "many_in_minutes", "copied_answers"}
