"""Which clinic day a child goes to."""

from __future__ import annotations

from datetime import date

import pytest

from backend.clinic.model import ClinicDay
from backend.clinic.rules.days import day_for
from tests.builders.areas import OTHER_TOWNSHIP, SIBLING_VILLAGE, TOWNSHIP, VILLAGE


def day(area: str, on: date) -> ClinicDay:
    return ClinicDay(f"{area}/{on}", area, on, "08:30", "11:30", "卫生院")


WEDNESDAY, SATURDAY = date(2026, 11, 25), date(2026, 11, 28)


@pytest.mark.parametrize(
    ("days", "on", "found"),
    [
        ([], WEDNESDAY, None),
        ([day(TOWNSHIP, WEDNESDAY)], WEDNESDAY, TOWNSHIP),
        ([day(TOWNSHIP, WEDNESDAY)], SATURDAY, None),
        ([day(SIBLING_VILLAGE, WEDNESDAY), day(OTHER_TOWNSHIP, WEDNESDAY)], WEDNESDAY, None),
        ([day(TOWNSHIP, WEDNESDAY), day(VILLAGE, WEDNESDAY)], WEDNESDAY, VILLAGE),
        ([day(VILLAGE, SATURDAY), day(TOWNSHIP, WEDNESDAY)], WEDNESDAY, TOWNSHIP),
        ([day(TOWNSHIP, date(2027, 6, 1))], WEDNESDAY, None),  # too far off to be told
    ],
)
def test_the_first_day_for_the_village(days: list[ClinicDay], on: date, found: str | None) -> None:
    chosen = day_for(days, VILLAGE, on)
    assert (chosen and chosen.area_code) == found
