"""How two birth dates compare: the ways in which a birth date goes wrong in a village.

The Chinese calendar is ``schemas/identity/lunar.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from operator import eq, ne
from pathlib import Path

CALENDAR = Path(__file__).resolve().parents[3] / "schemas" / "identity" / "lunar.json"

_LUNAR_LAG = 52  # the Chinese calendar's numbers lie 17 to 51 days behind ours


@cache
def _years() -> Mapping[int, tuple[date, int, str]]:
    told = json.loads(CALENDAR.read_text(encoding="utf-8"))["years"]
    return {int(y): (date.fromisoformat(d), leap, long) for y, (d, leap, long) in told.items()}


@lru_cache(maxsize=50_000)
def lunar(day: date) -> tuple[int, int, int] | None:
    """(year, month, day) of the Chinese calendar; a leap month bears the number of its month.

    :returns: nothing outside of 1900-2100
    """
    years = _years()
    year = day.year
    if year in years and day < years[year][0]:
        year -= 1
    if year not in years:
        return None
    first, leap, lengths = years[year]
    left = (day - first).days
    for index, is_long in enumerate(lengths):
        length = 30 if is_long == "1" else 29
        if left < length:
            after_leap = leap and index >= leap
            return year, index + (0 if after_leap else 1), left + 1
        left -= length
    return None


@lru_cache(maxsize=200_000)
def compare_births(a: date, b: date) -> str:
    """The likeliest way in which one birth date became the other.

    :returns: ``equal``, ``equal_0101`` (both say only the year), ``lunar`` (one is the other in the
        Chinese calendar), ``swapped`` (day and month), ``year`` (one off), ``0101`` (one says only
        the year), ``digit`` (one wrong), ``days`` (within 45 days), ``years`` (within ten), ``far``
    """
    if a == b:
        return "equal_0101" if (a.month, a.day) == (1, 1) else "equal"
    apart = abs((a - b).days)
    told_a, told_b = (a.year, a.month, a.day), (b.year, b.month, b.day)
    if apart <= _LUNAR_LAG and (lunar(max(a, b)) == min(told_a, told_b)):
        return "lunar"
    if a.year == b.year:
        if (a.month, a.day) == (b.day, b.month):
            return "swapped"
        if (1, 1) in {told_a[1:], told_b[1:]}:
            return "0101"
    if told_a[1:] == told_b[1:] and abs(a.year - b.year) == 1:
        return "year"
    alike = sum(map(eq, told_a, told_b)) == 2
    if alike and sum(map(ne, a.isoformat(), b.isoformat())) == 1:
        return "digit"
    if apart <= 45:
        return "days"
    return "years" if apart <= 3652 else "far"
