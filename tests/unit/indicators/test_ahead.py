"""Whom the calendar alone changes is counted again in time: nobody's figures move before the day
that was foreseen, and nobody is counted every day for nothing."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from backend.indicators.model import HOUSEHOLD, Due, Indicator, Record, Subject
from backend.indicators.rules.ahead import look_again
from backend.indicators.rules.clocks import Clock, clock_of
from backend.indicators.rules.counting import judges, tallies
from backend.indicators.rules.reading import read_indicator
from backend.indicators.rules.windows import open_years
from backend.kernel.dates import add_months, period_end
from backend.kernel.ids import new_id
from tests.builders.figures import INDICATORS, person, record

JUDGES = judges(INDICATORS.values())
DAY = timedelta(days=1)
AGES = (1, 4, 6, 7, 9, 13, 19, 24, 25, 36, 37, 84, 480, 64 * 12, 65 * 12, 66 * 12)
"""In months: those at which somebody comes into a figure or leaves it."""
FORMS = (
    "htn_followup", "dm_followup", "elderly_check", "child_check", "fd_contract", "anc_first",
    "postpartum_visit", "tb_first_home_visit", "tb_followup", "household_visit",
)  # fmt: skip
PROGRAMMES = ("hypertension", "diabetes", "tuberculosis", "mental_disorder", "copd")
TODAYS = (
    date(2026, 11, 3), date(2026, 1, 1), date(2026, 3, 12), date(2027, 2, 10), date(2028, 2, 20),
    date(2026, 9, 29), date(2026, 12, 30),
)  # fmt: skip


class Lives:
    """Subjects by chance, with much that happens around one month."""

    def __init__(self, seed: int, today: date) -> None:
        self.random, self.today = Random(seed), today  # noqa: S311

    def day(self, back: int = 500, on: int = 0) -> date:
        return self.today + timedelta(days=self.random.randrange(-back, on + 1))

    def near(self, months: int) -> date:
        """A day that was so many months ago this month, or a few days off."""
        month = add_months(self.today.replace(day=1), -months)
        return month + timedelta(days=self.random.randrange(-3, 33))

    def maybe(self, day: date) -> date | None:
        return self.random.choice([None, day])

    def record(self) -> Record:
        pick = self.random.choice
        contract = {
            "status": pick(["1", "2"]),
            "start_date": pick([self.day(30, 20).isoformat(), "soon"]),
            "end_date": self.day(20, 40).isoformat(),
        }
        measured = {"sbp": pick([130, 160]), "dbp": 80, "fbg": 6.5, "visit_outcome": "1"}
        checked = {"check_kind": "1", "form_gest_week": 10, "visit_result": "1"}
        return record(
            pick(FORMS),
            pick([self.day(), self.near(12), self.day(5, 10)]),
            mode=pick("123"),
            approved=pick([True, False]),
            answers=contract | measured | checked,
        )

    def tasks(self) -> tuple[Due, ...]:
        return tuple(
            Due(new_id(), self.day(60, 40), self.maybe(self.day(40)))
            for _ in range(self.random.randrange(3))
        )

    def records(self) -> tuple[Record, ...]:
        found = [self.record() for _ in range(self.random.randrange(6))]
        return tuple(sorted(found, key=lambda one: one.on))

    def resident(self) -> Subject:
        pick = self.random.choice
        gone = pick(["1", "1", "1", "4"])
        return person(
            birth_date=self.near(pick(AGES)),
            known_on=pick([self.day(), date(2020, 1, 1)]),
            status=gone,
            ended_on=self.day(40, 20) if gone == "4" else None,
            enrolled=tuple(
                (pick(PROGRAMMES), self.day(400, 15), self.maybe(self.day(20, 20)))
                for _ in range(self.random.randrange(3))
            ),
            records=self.records(),
            mother_records=pick([(), self.records()]),
            doses=pick([{}, {"HepB-1": self.day(300), "MMR-1": self.day(100)}]),
            tasks=self.tasks(),
        )

    def household(self) -> Subject:
        return person(
            kind=HOUSEHOLD, birth_date=None, sex=None, enrolled=(), known_on=self.day(40, 5),
            records=self.records(), tasks=self.tasks(),
        )  # fmt: skip


def found_on(who: Subject, day: date) -> list[Any]:
    return tallies(JUDGES, who, open_years(day), day)


@pytest.mark.parametrize("today", TODAYS)
def test_nothing_moves_before_the_day_that_was_foreseen(today: date) -> None:
    lives = Lives(today.toordinal(), today)
    last, moved = period_end(today, 1), 0
    for _ in range(40):
        who = lives.random.choice([lives.resident, lives.resident, lives.household])()
        foreseen = look_again(JUDGES, who, today)
        before, day = found_on(who, today), today + DAY
        while day < (foreseen or last + DAY):
            assert found_on(who, day) == before, (day, foreseen, who)
            day += DAY
        moved += foreseen is not None and found_on(who, foreseen) != before
    assert moved or today == date(2026, 12, 30)


def test_who_has_nothing_ahead_is_left_alone() -> None:
    today = date(2026, 11, 3)
    quiet = person(records=(record("htn_followup", date(2026, 6, 1)),))
    assert look_again(JUDGES, quiet, today) is None
    birthday = person(birth_date=date(1961, 11, 20))
    assert look_again(JUDGES, birthday, today) == date(2026, 11, 20)
    old = person(records=(record("htn_followup", date(2025, 11, 9)),))
    assert look_again(JUDGES, old, today) == date(2026, 11, 9)  # the twelve months are over


def test_the_last_day_of_a_quarter_is_looked_at() -> None:
    enrolled = person(birth_date=date(1966, 5, 1))
    assert look_again(JUDGES, enrolled, date(2026, 12, 3)) == date(2026, 12, 31)
    assert look_again(JUDGES, person(enrolled=()), date(2026, 12, 3)) is None


def indicator(numerator: str, window: str = "year") -> Indicator:
    return read_indicator(
        {
            "key": "x", "group": "x", "title": {}, "explained": {}, "subject": "resident",
            "window": window, "source": "x",
            "facts": [{"id": "ends_on", "latest": {"answer": "end_date", "type": "date"}}],
            "denominator": "known_on <= day", "numerator": numerator,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("numerator", "window", "clock"),
    [
        ("sex == '1'", "year", Clock(compared=frozenset({"known_on"}))),
        ("ends_on >= day", "life", Clock(compared=frozenset({"known_on", "ends_on"}))),
        ("sex == '1'", "last_12_months",
         Clock(compared=frozenset({"known_on"}), rolling=True)),
        ("age_months(birth_date, day) >= 3.0", "year",
         Clock(frozenset({("birth_date", 1)}), frozenset({"known_on"}))),
        ("age_years(since, day) < 3.0 && quarters_over > 1.0", "year",
         Clock(frozenset({("since", 12)}), frozenset({"known_on"}), quarterly=True)),
        ("days_between(ends_on, day) < 3.0", "year",
         Clock(compared=frozenset({"known_on"}), daily=True)),
        ("add_days(ends_on, 9.0) < day", "year",
         Clock(compared=frozenset({"known_on"}), daily=True)),
        ("ends_on >= from_day", "last_12_months",
         Clock(compared=frozenset({"known_on"}), daily=True, rolling=True)),
    ],
)  # fmt: skip
def test_what_an_expression_asks_of_the_day(numerator: str, window: str, clock: Clock) -> None:
    assert clock_of(indicator(numerator, window)) == clock
