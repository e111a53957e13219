"""The months of a year and from when on records count (schemas/meta/indicator.schema.json)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from backend.indicators.model import MONTHS
from backend.kernel.dates import add_months, period_end, period_start

LIFE = date(1900, 1, 1)
WINDOWS = ("year", "quarter", "month", "maternal_year", "last_12_months", "life")
_MATERNAL_FROM = 10  # maternal and child reports run from 1 October to 30 September
_CLOSED_AFTER = 3


@lru_cache(maxsize=8)
def month_ends(year: int, today: date) -> tuple[date, ...]:
    """The last day of each month that has begun; for the running one it is today.

    Remembered, like :func:`window_start`: each indicator of each resident asks for the same.
    """
    ends = [period_end(date(year, month, 1), 1) for month in range(1, MONTHS + 1)]
    return tuple(min(end, today) for end in ends if end.replace(day=1) <= today)


@lru_cache(maxsize=1024)
def window_start(window: str, day: date) -> date:
    """First day of the window that ends on ``day``."""
    if window == "life":
        return LIFE
    if window == "last_12_months":
        return add_months(day, -12) + timedelta(days=1)
    if window == "maternal_year":
        return date(day.year - (day.month < _MATERNAL_FROM), _MATERNAL_FROM, 1)
    return period_start(day, {"year": 12, "quarter": 3, "month": 1}[window])


def open_years(today: date) -> list[int]:
    """Years whose figures still follow corrections: this one, and until 31 March the last."""
    return [today.year - 1, today.year] if today.month <= _CLOSED_AFTER else [today.year]


def quarters_over(since: date | None, day: date) -> int:
    """Quarters of the year that are over on ``day``, from the one of ``since`` on.

    Somebody enrolled on 10 May owes the second, third and fourth (indicators.md, example 3).
    """
    tomorrow = day + timedelta(days=1)
    finished = 4 if tomorrow.year > day.year else (tomorrow.month - 1) // 3
    if since is None or since.year < day.year:
        return finished
    if since.year > day.year:
        return 0
    return max(0, finished - (since.month - 1) // 3)
