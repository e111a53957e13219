"""The quarterly visit to every household, a year back (forms.md §1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.kernel.dates import quarter, quarter_bounds
from backend.residents.model import Resident

QUARTERS = 5
MET, NOBODY_HOME, AWAY = "1", "2", "5"
_VISITED = 0.94


def visits(
    people: Sequence[Resident], met_on: Sequence[date], pregnant: bool, today: date, rng: Random
) -> Iterator[Mapping[str, Any]]:
    """Visits of the last quarters and of this one so far.

    :param met_on: days on which a doctor was in the house anyway: the visit is made with them
    """
    for period in _periods(today):
        first, last = quarter_bounds(period)
        there = [day for day in met_on if first <= day <= last]
        if rng.random() > _VISITED:
            continue
        day = there[0] if there else first + timedelta(days=round(rng.triangular(3, 88, 35)))
        if day < today and not there and rng.random() < 0.08:
            yield _answers(day, rng.choice((NOBODY_HOME, NOBODY_HOME, AWAY)), people, pregnant, rng)
            day += timedelta(days=rng.randint(6, 10))
        if day < today and day <= last:
            yield _answers(day, MET, people, pregnant and day > today - timedelta(days=120), rng)


def _periods(today: date) -> list[str]:
    """This quarter and those before it, oldest first."""
    periods = [quarter(today)]
    while len(periods) < QUARTERS:
        periods.append(quarter(quarter_bounds(periods[-1])[0] - timedelta(days=1)))
    return periods[::-1]


def _answers(
    day: date, result: str, people: Sequence[Resident], pregnant: bool, rng: Random
) -> Mapping[str, Any]:
    answers: dict[str, Any] = {
        "visit_date": day.isoformat(),
        "visit_quarter": quarter(day),
        "visit_result": result,
        "purposes": ["1"],
    }
    if result != MET:
        return answers
    born = [person for person in people if person.birth_date <= day]
    seen = sorted(rng.sample(born, rng.randint(1, len(born))), key=lambda person: person.birth_date)
    answers["persons_seen"] = [person.id for person in seen]
    answers["member_changes"] = ["0"]
    if pregnant:
        answers["purposes"] = ["1", "6"]
        answers["member_changes"] = ["5"]
    if rng.random() < 0.7:
        answers["education_topics"] = sorted(rng.sample(("1", "2", "3", "5", "6"), 2))
        answers["materials_given"] = rng.randint(0, 2)
    return answers
