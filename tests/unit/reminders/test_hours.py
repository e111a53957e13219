"""When people are told. Instants are written in China's time, as the doctor's clock shows them."""

from __future__ import annotations

from datetime import datetime

import pytest

from backend.kernel.clock import SHANGHAI
from backend.reminders.rules.hours import digest_window, family_window, start_of_day


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-10T07:29:59", None),
        ("2026-03-10T07:30:00", "2026-03-10T07:30:00"),
        ("2026-03-10T17:59:59", "2026-03-10T07:30:00"),  # the worker was down all day
        ("2026-03-10T18:00:00", None),
        ("2026-03-11T00:10:00", None),
    ],
)
def test_the_digest_is_a_morning_thing(now: str, due: str | None) -> None:
    window = digest_window(china(now))
    assert (window and window[0]) == (due and china(due))
    if window:
        assert window[1] == china("2026-03-10T20:00:00")


@pytest.mark.parametrize(
    ("now", "due", "until"),
    [
        ("2026-03-10T03:00:00", "2026-03-10T08:00:00", "2026-03-10T20:00:00"),
        ("2026-03-10T08:00:00", "2026-03-10T08:00:00", "2026-03-10T20:00:00"),
        ("2026-03-10T19:59:59", "2026-03-10T19:59:59", "2026-03-10T20:00:00"),
        ("2026-03-10T20:00:00", "2026-03-11T08:00:00", "2026-03-11T20:00:00"),
        ("2026-12-31T23:00:00", "2027-01-01T08:00:00", "2027-01-01T20:00:00"),
    ],
)
def test_families_are_left_alone_from_eight_to_eight(now: str, due: str, until: str) -> None:
    assert family_window(china(now)) == (china(due), china(until))


def test_the_day_begins_at_midnight_in_china() -> None:
    # 16:30 UTC is half past midnight of the next day in China.
    assert start_of_day(datetime.fromisoformat("2026-03-10T16:30:00+00:00")) == china(
        "2026-03-11T00:00:00"
    )
