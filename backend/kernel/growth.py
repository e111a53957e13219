"""How a child's weight, length or head compares with the WHO references, as z-scores.

The figures are `schemas/growth/who.json`, with where they come from and what was compared; how they
are judged is `docs/growth.md`. The phone computes the same in `pwa/src/kernel/growth.ts`.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from math import exp, log
from pathlib import Path
from typing import NamedTuple

TABLES = Path(__file__).resolve().parents[2] / "schemas" / "growth" / "who.json"


class Lms(NamedTuple):
    """Box-Cox power, median and coefficient of variation of a reference at one age or length."""

    power: float
    median: float
    variation: float

    def value_at(self, z: float) -> float:
        """The measurement that lies ``z`` standard deviations from the median."""
        if self.power == 0:
            return self.median * exp(self.variation * z)
        return float(self.median * (1 + self.power * self.variation * z) ** (1 / self.power))

    def z_of(self, value: float) -> float:
        """The z-score of a measurement above nought."""
        if self.power == 0:
            return log(value / self.median) / self.variation
        return float(((value / self.median) ** self.power - 1) / (self.variation * self.power))


def covers(indicator: str, sex: str, x: float) -> bool:
    """Whether WHO gives a reference.

    :param indicator: ``wfa`` weight, ``lhfa`` length or height, ``bfa`` body-mass index, ``hcfa``
        head circumference, each by age; ``wfl`` weight by length, ``wfh`` weight by height
    :param sex: GB/T 2261.1: 1 male, 2 female; nothing is known of others
    :param x: age in days, or length or height in cm
    """
    rows = _tables().get((indicator, sex))
    return rows is not None and rows[0][0] <= x <= rows[-1][0]


def z_score(indicator: str, sex: str, x: float, value: float) -> float:
    """How many standard deviations a measurement lies from the median.

    Beyond three of them WHO counts in steps of the distance between the second and the third, since
    the tails hold too few children (WHO Child Growth Standards 2006, ch. 7). That keeps the result
    finite for every number that was typed, those of nought and below included.

    :param value: kg, cm or kg/m2
    :raises ValueError: there is no reference (see :func:`covers`)
    """
    if not covers(indicator, sex, x):
        raise ValueError("no growth reference for this sex and age or length")
    at = _reference(_tables()[indicator, sex], x)
    low, high = at.value_at(-3), at.value_at(3)
    if value > high:
        return 3 + (value - high) / (high - at.value_at(2))
    if value < low:
        return -3 + (value - low) / (at.value_at(-2) - low)
    return at.z_of(value)


_Rows = tuple[tuple[float, Lms], ...]


def _reference(rows: _Rows, x: float) -> Lms:
    after = bisect_right(rows, x, key=lambda row: row[0])
    if after == len(rows):
        return rows[-1][1]
    (x0, lower), (x1, upper) = rows[after - 1], rows[after]
    share = (x - x0) / (x1 - x0)
    return Lms(*(a + (b - a) * share for a, b in zip(lower, upper, strict=True)))


@cache
def _tables() -> Mapping[tuple[str, str], _Rows]:
    document = json.loads(TABLES.read_text("utf-8"))
    return {
        (table["indicator"], table["sex"]): tuple((x, Lms(*lms)) for x, *lms in table["rows"])
        for table in document["tables"]
    }
