"""A holiday and what is told round it: National Day 2026, 1 to 7 October."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from backend.kernel.clock import SHANGHAI
from backend.kernel.holidays import Holiday, Holidays
from backend.reminders.model import CALL, SLIP, SMS, WEB_PUSH, Closing, DueDose, Workload
from backend.reminders.rules import planning
from backend.reminders.rules.hours import family_window
from backend.reminders.rules.ladder import Place, climb
from backend.reminders.rules.texts import closing_said, push_message
from tests.builders.reminders import SENTENCES
from tests.unit.reminders.test_texts import reminder

NATIONAL = Holiday({"zh-CN": "国庆节", "en": "National Day"}, date(2026, 10, 1), date(2026, 10, 7))
CHINA = Holidays((NATIONAL,), frozenset({2026}))
CHILD, VILLAGE = "0198c0de-0000-7000-8000-000000000001", "431103101201"
TIME_HAS_COME: dict[str, Any] = {"kind": "family", "steps": [["D-1", 7]]}


def china(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("09-30T19:00", "09-30T19:00"),
        ("09-30T21:00", "10-07T08:00"),
        ("10-01T08:00", "10-07T08:00"),
        ("10-06T23:00", "10-07T08:00"),
        ("10-07T09:30", "10-07T09:30"),
    ],
)
def test_families_are_left_alone_until_the_last_day(now: str, due: str) -> None:
    assert family_window(china(now), CHINA)[0] == china(due)


@pytest.mark.parametrize(
    ("due", "asked"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 10, 7), date(2026, 10, 8)),
        (date(2026, 10, 8), date(2026, 10, 8)),
    ],
)
def test_a_child_is_asked_to_come_when_the_clinic_is_open(due: date, asked: date) -> None:
    dose = DueDose("DTaP-1", due)
    assert [one.due for one in planning.asked_to_come([dose], CHINA)] == [asked]
    assert planning.asked_to_come([dose], CHINA, open_in=NATIONAL) == [dose]


@pytest.mark.parametrize(
    ("holiday", "next_clinic", "told"),
    [
        (None, date(2026, 10, 9), None),
        (NATIONAL, None, date(2026, 10, 8)),
        (NATIONAL, date(2026, 10, 9), date(2026, 10, 9)),
        (NATIONAL, date(2026, 10, 7), None),  # the clinic set a day inside: it is there
    ],
)
def test_a_closed_clinic_is_told_with_the_day_it_opens(
    holiday: Holiday | None, next_clinic: date | None, told: date | None
) -> None:
    found = planning.closing(holiday, next_clinic)
    assert (found and found.opens_on) == told


def test_the_message_says_so_in_days_and_still_names_nobody() -> None:
    closing = Closing(NATIONAL.first, NATIONAL.last, NATIONAL.opens_on)
    plan = planning.vaccination(
        CHILD, VILLAGE, (("D-1", -1),), china("10-03T09:00"), holidays=CHINA, closing=closing
    )
    assert (plan.occurrence, plan.due_at) == ("2026-10-07", china("10-07T08:00"))
    told = reminder(dict(plan.message))
    assert push_message(told, "zh-CN", SENTENCES).body == (
        "孩子的接种时间快到了，打开查看。门诊10月1日至7日放假，10月8日开诊"
    )
    assert push_message(told, "en", SENTENCES).body == (
        "A vaccination is coming up. Open to see when. "
        "The clinic is closed 1 Oct to 7 Oct and opens on 8 Oct"
    )


def test_days_of_two_months_and_a_single_day() -> None:
    across = {"closed": ["2026-01-31", "2026-02-02", "2026-02-03"]}
    assert closing_said(across, "zh-CN") == {"days": "1月31日至2月2日", "opens": "2月3日"}
    single = {"closed": ["2027-01-01", "2027-01-01", "2027-01-02"]}
    assert closing_said(single, "en") == {"days": "1 Jan", "opens": "2 Jan"}
    assert closing_said({}, "en") is None


def test_an_sms_that_falls_due_waits_and_a_doctors_list_does_not_run_out() -> None:
    now = china("10-02T10:00")
    text = climb(WEB_PUSH, TIME_HAS_COME, True, now, CHINA)
    assert (text.rung, text.due_at) == (SMS, china("10-07T08:00"))
    for rung in (CALL, SLIP):
        waits = climb(rung, TIME_HAS_COME, True, now, CHINA)
        assert waits == Place("unreachable", rung, climb_at=china("10-08T20:00"))
    there = climb(WEB_PUSH, TIME_HAS_COME | {"open": True}, True, now, CHINA)
    assert there.due_at == now, "the clinic set a day inside"
    after = climb(CALL, TIME_HAS_COME, True, china("10-08T20:00"), CHINA)
    assert after.rung == SLIP


def test_the_digest_names_what_falls_into_the_holiday() -> None:
    morning = china("09-28T07:30")
    work = Workload(due=2, holiday=NATIONAL, before_holiday=5)
    plan = planning.digest(CHILD, VILLAGE, work, morning)
    assert plan is not None
    body = push_message(reminder(dict(plan.message)), "zh-CN", SENTENCES).body
    assert body == "该做 2 项，10月1日至7日放假，假期里到期 5 项，请提前做"
    assert planning.digest(CHILD, VILLAGE, Workload(holiday=NATIONAL), morning) is None
