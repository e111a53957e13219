"""Periods of the calendar, and the anchors that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from backend.kernel.dates import period_end, period_start

MONTHS: Mapping[str, int] = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}
"""Periods that a service may be owed in, with their months."""


@dataclass(frozen=True)
class Period:
    """:param anchor: ``2026-03``, ``2026M03-04``, ``2026Q3``, ``2026H1`` or ``2026``"""

    anchor: str
    start: date
    end: date


@lru_cache(maxsize=4096)
def period_of(every: str, day: date) -> Period:
    """The period that a day lies in. :param every: a key of :data:`MONTHS`"""
    months = MONTHS[every]
    start, end = period_start(day, months), period_end(day, months)
    return Period(_anchor(every, start, end), start, end)


def periods(every: str, first: date, last: date) -> Iterator[Period]:
    """Every period from that of ``first`` up to that of ``last``, in order."""
    day = first
    while (period := period_of(every, day)).start <= last:
        yield period
        day = period.end + timedelta(days=1)


def _anchor(every: str, start: date, end: date) -> str:
    if every == "month":
        return f"{start:%Y-%m}"
    if every == "two_months":
        return f"{start:%Y}M{start:%m}-{end:%m}"
    if every == "quarter":
        return f"{start:%Y}Q{end.month // 3}"
    return f"{start:%Y}H{end.month // 6}" if every == "half_year" else f"{start:%Y}"
