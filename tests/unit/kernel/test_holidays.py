"""Public holidays (docs/decisions/0016). 2026 is the year as it was announced; 2027 was not yet."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.kernel.holidays import NO_HOLIDAYS, load_holidays
from tests.builders.settings import ROOT

CHINA = load_holidays(ROOT / "schemas")


def on(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


@pytest.mark.parametrize(
    ("day", "name", "open_day", "quiet"),
    [
        (on(9, 30), None, on(9, 30), False),
        (on(10, 1), "国庆节", on(10, 8), True),
        (on(10, 4), "国庆节", on(10, 8), True),  # a Sunday inside
        (on(10, 7), "国庆节", on(10, 8), False),  # the eve of opening: tomorrow is worth a word
        (on(10, 8), None, on(10, 8), False),
        (on(10, 10), None, on(10, 10), False),  # a Saturday that is worked for it
        (on(2, 14), None, on(2, 14), False),
        (on(2, 15), "春节", on(2, 24), True),
        (on(2, 23), "春节", on(2, 24), False),
        (on(11, 22), None, on(11, 22), False),  # an ordinary Sunday is the clinic's own matter
        (on(10, 1, 2027), None, on(10, 1, 2027), False),  # not announced: an ordinary year
        (on(10, 1, 2019), None, on(10, 1, 2019), False),
    ],
)
def test_what_a_day_is(day: date, name: str | None, open_day: date, quiet: bool) -> None:
    holiday = CHINA.on(day)
    assert (holiday and holiday.name["zh-CN"]) == name
    assert CHINA.open_day(day) == open_day
    assert CHINA.is_quiet(day) is quiet
    assert NO_HOLIDAYS.open_day(day) == day


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (on(9, 23), on(9, 25)),
        (on(9, 27), on(9, 25)),
        (on(9, 28), on(10, 1)),
        (on(10, 7), on(10, 1)),
        (on(10, 8), None),
        (on(2, 7), None),
        (on(2, 8), on(2, 15)),
    ],
)
def test_a_holiday_is_told_of_from_a_week_before_to_its_last_day(
    today: date, first: date | None
) -> None:
    ahead = CHINA.ahead(today)
    assert (ahead and ahead.first) == first


def test_what_lies_in_a_time_touches_it_with_one_day() -> None:
    found = CHINA.between(on(9, 27), on(10, 1))
    assert [one.first for one in found] == [on(9, 25), on(10, 1)]
    assert CHINA.between(on(9, 28), on(9, 30)) == ()


@pytest.mark.parametrize(
    "rows",
    [
        [("2026-10-07", "2026-10-01")],
        [("2026-10-01", "2026-10-07"), ("2026-10-07", "2026-10-08")],
        [("2027-10-01", "2027-10-07")],
    ],
)
def test_a_mistake_in_the_file_is_found_at_the_start(
    tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    told: list[dict[str, Any]] = [
        {"name": {"zh-CN": "x", "en": "x"}, "from": first, "to": last} for first, last in rows
    ]
    (tmp_path / "holidays").mkdir()
    whole = {"years": {"2026": {"holidays": told}}}
    (tmp_path / "holidays" / "cn.json").write_text(json.dumps(whole), "utf-8")
    with pytest.raises(ValueError, match="holiday"):
        load_holidays(tmp_path)
