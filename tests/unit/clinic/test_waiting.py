"""Of a forecast: what the next visit is for, and what a child of its age lacks."""

from __future__ import annotations

from datetime import date

import pytest

from backend.clinic.rules.waiting import for_visit, missing, waiting_doses
from backend.immunization.rules import forecast
from tests.unit.immunization.editions import EDITION

BORN = date(2026, 1, 15)
ON_TIME = [
    ("HepB", date(2026, 1, 15)),
    ("BCG", date(2026, 1, 15)),
    ("HepB", date(2026, 2, 15)),
    ("IPV", date(2026, 3, 15)),
    ("DTaP", date(2026, 3, 15)),
]


def waiting(today: date, until: date, given: list[tuple[str, date]] | None = None) -> list[str]:
    doses = ON_TIME if given is None else given
    plan = forecast(EDITION, BORN, "2", doses, today)
    return [one.dose_id for one in for_visit(waiting_doses(plan, until, 1), until)]


@pytest.mark.parametrize(
    ("today", "until", "asked"),
    [
        (date(2026, 4, 1), date(2026, 4, 14), []),
        (date(2026, 4, 1), date(2026, 4, 15), ["Polio-2"]),
        (date(2026, 4, 20), date(2026, 4, 26), ["Polio-2"]),
        # the third polio dose waits for the second, however late that is
        (date(2026, 5, 15), date(2026, 5, 15), ["Polio-2", "DTaP-2"]),
    ],
)
def test_a_child_is_asked_for_the_first_open_dose_of_each_series(
    today: date, until: date, asked: list[str]
) -> None:
    assert waiting(today, until) == asked


def test_school_asks_for_every_dose_of_the_age_and_the_visit_for_the_next_ones() -> None:
    today = date(2030, 1, 20)
    plan = forecast(EDITION, BORN, "2", ON_TIME, today)
    every = waiting_doses(plan, today, 1)
    lacking = {one.dose_id for one in missing(every, today)}
    asked = {one.dose_id for one in for_visit(every, today)}
    assert asked < lacking or asked == lacking
    assert {"MMR-1", "JE-L-1", "DTaP-2", "Polio-2"} <= asked
    assert len({one.series for one in for_visit(every, today)}) == len(asked)


def test_nothing_given_at_birth_is_late_a_month_after() -> None:
    plan = forecast(EDITION, BORN, "2", [], date(2026, 2, 16))
    by_id = {one.dose_id: one for one in waiting_doses(plan, date(2026, 3, 31), 1)}
    assert by_id["HepB-1"].late_after == date(2026, 2, 15)
    assert by_id["HepB-1"].is_next
