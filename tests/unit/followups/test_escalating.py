"""How far a task has escalated, and how far it may be set aside (followup-rules §0)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.followups.model import Task
from backend.followups.rules import compare
from backend.followups.rules.escalating import check_postponement, level_on
from backend.kernel.errors import Refusal
from tests.fakes.clock import MORNING

TODAY = date(2026, 11, 23)


def due(closes_in: int, **changes: Any) -> Task:
    closes = TODAY + timedelta(days=closes_in)
    values: dict[str, Any] = {
        "id": "t1", "county_code": "990123000000", "village_code": "990123100201",
        "subject_kind": "resident", "subject_id": "r1", "household_id": None,
        "service": "hypertension", "kind": "follow_up", "anchor": "a",
        "opens": closes - timedelta(days=40), "due": closes - timedelta(days=20), "closes": closes,
    }  # fmt: skip
    return Task(**(values | changes))


@pytest.mark.parametrize(
    ("task", "level"),
    [
        (due(0), "E0"),
        (due(-1), "E1"),
        (due(-29), "E1"),
        (due(-30), "E2"),
        (due(-6, kind="referral_check"), "E1"),
        (due(-7, kind="referral_check"), "E2"),
        (due(-7, service="postpartum"), "E2"),
        (due(-7, service="newborn"), "E2"),
        (due(-7, service="tuberculosis"), "E2"),
        (due(9, escalation="E3"), "E3"),
        (due(-90, escalation="E3", state="completed"), "E0"),
        (due(-90, expires=TODAY - timedelta(days=1)), "E0"),
    ],
)
def test_how_far_it_has_escalated(task: Task, level: str) -> None:
    assert level_on(task, TODAY) == level


@pytest.mark.parametrize(
    ("task", "days", "refused"),
    [
        (due(10), 40, None),
        (due(10), 41, "postponed_too_far"),
        (due(-5), 30, None),
        (due(-5), 31, "postponed_too_far"),
        (due(10), 0, "postponed_too_far"),
        (due(10, expires=TODAY + timedelta(days=15)), 16, "postponed_too_far"),
        (due(10, postponed_times=2), 5, "postponed_too_often"),
        (due(10, escalation="E3"), 5, "task_urgent"),
        (due(10, referral="urgent"), 5, "task_urgent"),
        (due(10, kind="referral_check"), 5, "task_urgent"),
        (due(10, state="completed"), 5, "task_not_open"),
    ],
)
def test_how_far_it_may_be_set_aside(task: Task, days: int, refused: str | None) -> None:
    until = TODAY + timedelta(days=days)
    if refused is None:
        check_postponement(task, until, TODAY)
        return
    with pytest.raises(Refusal, match=refused):
        check_postponement(task, until, TODAY)


def test_a_fold_neither_sees_nor_undoes_what_was_postponed() -> None:
    aside = due(10, postponed_until=TODAY + timedelta(days=5), postponed_reason="away")
    assert compare([aside], [due(10)], MORNING).put == ()
