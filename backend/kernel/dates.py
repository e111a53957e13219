"""Calendar arithmetic of the rules, equal on phone and server (``schemas/cases/dates.json``)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def parse_day(text: str) -> date:
    """Read ``YYYY-MM-DD``, and nothing else that ISO 8601 also allows.

    :raises ValueError: the text is no such day
    """
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError("not a date")
    return date.fromisoformat(text)


def add_days(day: date, days: int) -> date:
    """``day`` plus so many days."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """``day`` plus calendar months, clamped to the month's end: 31 January + 1 = 28 February.

    Source: followup-rules §0 'Months'.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    if day.day <= 28:  # every month has it; looking the month's length up costs more than the rest
        return date(year, month, day.day)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def age_years(birth: date, on: date) -> int:
    """Completed years of age on a day; a 29 February birthday is reached on 28 February."""
    return age_months(birth, on) // 12


def age_months(birth: date, on: date) -> int:
    """Completed months of age on a day; negative before birth."""
    months = (on.year - birth.year) * 12 + on.month - birth.month
    return months if add_months(birth, months) <= on else months - 1


def days_between(start: date, end: date) -> int:
    """Days from ``start`` to ``end``; negative when ``end`` is earlier."""
    return (end - start).days


def gestational_week(lmp: date, on: date) -> int:
    """Completed weeks of pregnancy on a day, counted from the last menstrual period."""
    return days_between(lmp, on) // 7


def period_start(day: date, months: int) -> date:
    """First day of the part of the year that ``day`` lies in: 3 months a quarter, 12 the year.

    :raises ValueError: parts of so many months do not make up a year
    """
    if months not in (1, 2, 3, 4, 6, 12):
        raise ValueError("a period has 1, 2, 3, 4, 6 or 12 months")
    return date(day.year, day.month - (day.month - 1) % months, 1)


def period_end(day: date, months: int) -> date:
    """Last day of that part of the year."""
    return add_months(period_start(day, months), months) - timedelta(days=1)


def quarter(day: date) -> str:
    """The calendar quarter, as ``2026Q3``."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def quarter_bounds(period: str) -> tuple[date, date]:
    """First and last day of a quarter written ``2026Q3``."""
    year, number = int(period[:4]), int(period[5])
    first = date(year, 3 * number - 2, 1)
    return first, period_end(first, 3)
