"""The rungs: which follows which, how long each has, and what a person's report makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.reminders.model import CALL, SLIP, SMS, WEB_PUSH
from backend.reminders.rules.ladder import (
    MOST_CALLS,
    Place,
    after_call,
    after_sending,
    climb,
    next_rung,
    start,
)
from backend.reminders.rules.receipts import receipt, receipted

MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 08:00 in China
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
KEY = bytes(range(32))
REMINDER = "01a20100-0000-7000-8000-000000000001"


def about(*steps: int) -> dict[str, Any]:
    return {"kind": "family", "steps": [[f"D-{n}", step] for n, step in enumerate(steps)]}


@pytest.mark.parametrize(
    ("rung", "step", "can_sms", "above"),
    [
        (WEB_PUSH, 7, True, SMS),
        (WEB_PUSH, 7, False, CALL),
        (SMS, -1, True, CALL),
        (CALL, 30, True, SLIP),
        (SLIP, 30, True, None),
        # A week ahead nobody is telephoned: another message comes by itself.
        (WEB_PUSH, -7, True, SMS),
        (WEB_PUSH, -7, False, None),
        (SMS, -7, True, None),
    ],
)
def test_each_rung_has_the_one_above(
    rung: str, step: int, can_sms: bool, above: str | None
) -> None:
    assert next_rung(rung, about(step), can_sms) == above


def test_one_urgent_dose_among_several_is_enough_for_a_call() -> None:
    assert next_rung(SMS, about(-7, 7), True) == CALL


def test_what_went_out_waits_for_its_receipt_as_long_as_its_rung_has() -> None:
    assert after_sending(WEB_PUSH, about(7), True, MORNING) == Place(
        "sent", WEB_PUSH, climb_at=MORNING + 4 * HOUR, channel=WEB_PUSH
    )
    assert after_sending(SMS, about(7), True, MORNING).climb_at == MORNING + DAY
    assert after_sending(SMS, about(-7), True, MORNING).climb_at is None


def test_an_sms_keeps_the_hours_of_families() -> None:
    noon = climb(WEB_PUSH, about(7), True, MORNING + 4 * HOUR)
    assert (noon.state, noon.rung) == ("planned", SMS)
    assert (noon.due_at, noon.expires_at) == (MORNING + 4 * HOUR, MORNING + 12 * HOUR)
    late = climb(WEB_PUSH, about(7), True, MORNING + 12 * HOUR)  # 20:00
    assert (late.due_at, late.expires_at) == (MORNING + DAY, MORNING + DAY + 12 * HOUR)


def test_the_call_list_and_the_slip_wait_for_a_person() -> None:
    assert climb(SMS, about(7), True, MORNING) == Place(
        "unreachable", CALL, climb_at=MORNING + 3 * DAY
    )
    assert climb(CALL, about(7), True, MORNING) == Place(
        "unreachable", SLIP, climb_at=MORNING + 14 * DAY
    )
    assert climb(SLIP, about(7), True, MORNING).state == "failed"
    assert start(CALL, MORNING) == climb(SMS, about(7), True, MORNING)
    assert start(WEB_PUSH, MORNING) == Place("planned", WEB_PUSH)


@pytest.mark.parametrize(
    ("outcome", "calls", "state", "rung"),
    [
        ("reached", 1, "confirmed", CALL),
        ("stop", 1, "confirmed", CALL),
        ("wrong_number", 1, "unreachable", SLIP),
        ("no_answer", MOST_CALLS, "unreachable", SLIP),
    ],
)
def test_a_call_moves_it_on(outcome: str, calls: int, state: str, rung: str) -> None:
    place = after_call(outcome, calls, about(7), MORNING)
    assert place is not None
    assert (place.state, place.rung) == (state, rung)


def test_nobody_answered_yet_and_it_stays_on_the_list() -> None:
    assert after_call("no_answer", MOST_CALLS - 1, about(7), MORNING) is None


def test_a_receipt_stands_for_its_reminder_alone() -> None:
    said = receipt(KEY, REMINDER)
    assert receipted(KEY, said) == REMINDER
    other = REMINDER.replace("1", "2")
    for forged in (said.replace(REMINDER, other), receipt(bytes(32), REMINDER), REMINDER, "", "."):
        assert receipted(KEY, forged) is None
