"""Who has high blood pressure or diabetes, and since when.

Shares by age are plausible for rural adults (a quarter of those over 35 diagnosed and enrolled,
one in twelve with diabetes); they are invented and are no epidemiology.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

HYPERTENSION_BY_AGE = ((75, 0.44), (65, 0.41), (55, 0.33), (45, 0.20), (35, 0.08))
DIABETES_BY_AGE = ((65, 0.11), (55, 0.09), (45, 0.05), (35, 0.02))
HYPERTENSION, DIABETES = "2", "3"  # past diseases, forms.md §2


@dataclass(frozen=True)
class Condition:
    """A diagnosed disease.

    :param code: past disease of the personal file (forms.md §2)
    :param grade: of hypertension, ``1`` to ``3``
    """

    code: str
    since: date
    grade: str | None = None


def conditions(age: int, today: date, rng: Random) -> list[Condition]:
    """What a person of that age lives with."""
    found = []
    if rng.random() < _chance(HYPERTENSION_BY_AGE, age):
        grade = rng.choices("123", weights=(58, 34, 8))[0]
        found.append(Condition(HYPERTENSION, _since(today, rng), grade))
    raised = 1.6 if found else 1.0
    if rng.random() < _chance(DIABETES_BY_AGE, age) * raised * 0.85:
        found.append(Condition(DIABETES, _since(today, rng)))
    return found


def _chance(table: tuple[tuple[int, float], ...], age: int) -> float:
    return next((share for from_age, share in table if age >= from_age), 0.0)


def _since(today: date, rng: Random) -> date:
    return today - timedelta(days=round(rng.triangular(20, 4500, 900)))
