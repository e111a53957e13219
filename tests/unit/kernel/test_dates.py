"""Calendar arithmetic at its edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from backend.kernel import dates
from backend.kernel.clock import iso, local_date, parse_instant


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_clamp_to_the_months_end(day: date, months: int, expected: date) -> None:
    assert dates.add_months(day, months) == expected


@pytest.mark.parametrize(
    ("birth", "on", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2024, 2, 29), date(2025, 2, 27), 11),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2026, 5, 10), date(2026, 5, 10), 0),
        (date(2026, 5, 10), date(2026, 6, 9), 0),
        (date(2026, 5, 10), date(2026, 5, 9), -1),
    ],
)
def test_completed_months(birth: date, on: date, months: int) -> None:
    assert dates.age_months(birth, on) == months
    assert dates.age_years(birth, on) == months // 12


@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.integers(-600, 600),
)
def test_adding_months_always_lands_in_that_month(day: date, months: int) -> None:
    found = dates.add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day


@pytest.mark.parametrize(
    ("day", "period", "first", "last"),
    [
        (date(2026, 1, 1), "2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), "2026Q2", date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 11, 23), "2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters(day: date, period: str, first: date, last: date) -> None:
    assert dates.quarter(day) == period
    assert dates.quarter_bounds(period) == (first, last)


def test_weeks_and_days() -> None:
    assert dates.gestational_week(date(2026, 1, 1), date(2026, 1, 14)) == 1
    assert dates.gestational_week(date(2026, 1, 1), date(2026, 1, 15)) == 2
    assert dates.days_between(date(2026, 3, 1), date(2026, 2, 28)) == -1
    assert dates.add_days(date(2026, 12, 31), 1) == date(2027, 1, 1)


def test_the_day_in_china_begins_eight_hours_early() -> None:
    assert local_date(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert local_date(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_instants_have_one_written_form() -> None:
    east = datetime(2026, 11, 23, 10, 0, 0, 123456, timezone(timedelta(hours=8)))
    assert iso(east) == "2026-11-23T02:00:00.123Z"
    assert parse_instant("2026-11-23T10:00:00+08:00") == datetime(2026, 11, 23, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="offset"):
        parse_instant("2026-11-23T10:00:00")
