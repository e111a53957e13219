"""When a resident is told of the own follow-up: opens 1 March, ideal day 20, last day 30 March."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from backend.followups.model import Task
from backend.kernel.clock import SHANGHAI
from backend.kernel.holidays import Holiday, Holidays
from backend.reminders.model import SMS
from backend.reminders.rules import ladder
from backend.reminders.rules.owed import followup, is_owed, reached_step, steps_to_tell, still_owed
from tests.builders.areas import VILLAGE
from tests.builders.tasks import make_task

RESIDENT = "0198c0de-0000-7000-8000-000000000001"
LONG_AGO = date(2026, 1, 1)


def march(day: int) -> date:
    return date(2026, 2, 28) + timedelta(days=day)


def visit(**changes: Any) -> Task:
    dates = {"opens": march(1), "due": march(20)}
    return make_task(march(30), subject_id=RESIDENT, **(dates | changes))


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (12, None), (13, -7), (18, -7), (19, -1), (30, -1), (31, 1), (36, 1), (37, 7), (90, 7),
    ],
)  # fmt: skip
def test_four_steps_round_a_visit(today: int, step: int | None) -> None:
    assert reached_step(visit(), march(today)) == step


@pytest.mark.parametrize(
    ("opens", "today", "step"),
    [
        (13, 13, -7),
        (14, 14, None),  # a week ahead lay before the window
        (14, 19, -1),
        (20, 19, None),  # nobody is asked to come before a visit counts
        (20, 20, -1),
    ],
)
def test_nobody_is_asked_to_come_before_the_window_opens(
    opens: int, today: int, step: int | None
) -> None:
    assert reached_step(visit(opens=march(opens)), march(today)) == step


@pytest.mark.parametrize(
    ("changes", "today", "owed"),
    [
        ({}, 19, True),
        ({"state": "completed"}, 19, False),
        ({"state": "cancelled"}, 19, False),
        ({"expires": march(40)}, 40, True),
        ({"expires": march(40)}, 41, False),
        ({"postponed_until": march(25)}, 24, False),
        ({"postponed_until": march(25)}, 25, True),
        ({"service": "immunization"}, 19, False),  # told to the family
    ],
)
def test_what_is_done_over_or_set_aside_is_not_told(
    changes: dict[str, Any], today: int, owed: bool
) -> None:
    assert is_owed(visit(**changes), march(today)) is owed


def test_each_step_is_told_once_and_only_the_latest() -> None:
    task = visit()
    tell = lambda told, day: steps_to_tell([task], told, LONG_AGO, march(day))  # noqa: E731
    assert tell((), 13) == ((task.id, -7),)
    assert tell([(task.id, -7)], 14) == ()
    assert tell([(task.id, -7)], 33) == ((task.id, 1),), "the eve passed in an outage"
    assert tell([(task.id, 1)], 51) == ((task.id, 7),)
    assert tell([(task.id, 1)], 52) == (), "old arrears are the doctor's list"


def test_a_step_of_the_day_they_agreed_on_is_not_told() -> None:
    task = visit()
    assert steps_to_tell([task], (), march(19), march(19)) == ()
    assert steps_to_tell([task], (), march(19), march(31)) == ((task.id, 1),)


def test_one_message_for_everything_of_a_day_by_sms_alone() -> None:
    other = visit(anchor="b", service="diabetes")
    now = datetime(2026, 3, 19, 6, tzinfo=SHANGHAI)
    steps = steps_to_tell([visit(), other], (), LONG_AGO, march(19))
    plan = followup(RESIDENT, VILLAGE, steps, now)
    assert (len(steps), plan.kind, plan.occurrence) == (2, "followup", "2026-03-19")
    assert (plan.first_rung, plan.due_at.hour, plan.expires_at.hour) == (SMS, 8, 20)
    assert ladder.next_rung(SMS, plan.message, can_sms=True) is None
    assert ladder.climb(SMS, plan.message, False, now).state == "failed"


def test_on_a_holiday_it_waits_for_the_last_day() -> None:
    feast = Holiday({"zh-CN": "节", "en": "Feast"}, march(18), march(22))
    plan = followup(
        RESIDENT, VILLAGE, (), datetime(2026, 3, 19, 9, tzinfo=SHANGHAI), Holidays((feast,))
    )
    assert plan.occurrence == "2026-03-22"


def test_one_open_visit_is_reason_enough() -> None:
    one, other = visit(), visit(anchor="b")
    message = {"kind": "followup", "steps": [[one.id, -1], [other.id, -1]]}
    assert still_owed(message, [replace(one, state="completed"), other], march(19))
    assert not still_owed(message, [], march(19))
