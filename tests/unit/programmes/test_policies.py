"""Which area's word counts, and when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.programmes.model import Enrolment, Policy
from backend.programmes.rules import parameters_on

COUNTY, TOWNSHIP, VILLAGE = "530127000000", "530127103000", "530127103201"


def policy(name: str, area: str, start: date, end: date | None = None, **sets: Any) -> Policy:
    return Policy(name, "hypertension", area, start, end, sets)


POLICIES = [
    policy("a", COUNTY, date(2026, 1, 1), follow_ups_per_year=6, limit_sbp=140),
    policy("b", TOWNSHIP, date(2026, 4, 1), date(2026, 6, 30), follow_ups_per_year=12),
    policy("c", COUNTY, date(2026, 5, 1), limit_sbp=135),
    policy("d", "530127104000", date(2026, 1, 1), follow_ups_per_year=4),
]


@pytest.mark.parametrize(
    ("area", "day", "said"),
    [
        (VILLAGE, date(2025, 12, 31), {}),
        (VILLAGE, date(2026, 1, 1), {"follow_ups_per_year": 6, "limit_sbp": 140}),
        (VILLAGE, date(2026, 6, 30), {"follow_ups_per_year": 12, "limit_sbp": 135}),
        (VILLAGE, date(2026, 7, 1), {"follow_ups_per_year": 6, "limit_sbp": 135}),
        ("530127104205", date(2026, 5, 1), {"follow_ups_per_year": 4, "limit_sbp": 135}),
        ("530128103201", date(2026, 5, 1), {}),
    ],
)
def test_the_smaller_area_and_then_the_later_policy_decides(
    area: str, day: date, said: dict[str, Any]
) -> None:
    assert parameters_on(POLICIES, area, day) == said
    assert parameters_on(reversed(POLICIES), area, day) == said


@pytest.mark.parametrize(
    ("until", "day", "lasts"),
    [
        (None, date(2026, 1, 31), False),
        (None, date(2026, 2, 1), True),
        (date(2026, 3, 1), date(2026, 3, 1), True),
        (date(2026, 3, 1), date(2026, 3, 2), False),
    ],
)
def test_a_membership_lasts_through_its_last_day(
    until: date | None, day: date, lasts: bool
) -> None:
    member = Enrolment("e", "r", VILLAGE, "hypertension", date(2026, 2, 1), until=until)
    assert member.lasts_on(day) is lasts
