"""What is written after a fold, and how a task is told on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend.followups.model import CANCELLED, COMPLETED, FAILED, MISSED, WITHDRAWN
from backend.followups.rules import compare, state_on
from tests.builders.followups import task

NOW = datetime(2026, 5, 15, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 5, 9), "upcoming"),
        (date(2026, 5, 10), "due"),
        (date(2026, 5, 20), "due"),
        (date(2026, 5, 21), "overdue"),
        (date(2026, 6, 1), "overdue"),
        (date(2026, 6, 2), "missed"),
    ],
)
def test_an_open_task_through_time(day: date, told: str) -> None:
    assert state_on(task(expires=date(2026, 6, 1)), day) == told


@pytest.mark.parametrize(
    ("state", "told"), [(COMPLETED, "done"), (CANCELLED, "cancelled"), (FAILED, "missed")]
)
def test_a_settled_task_stays_what_it_is(state: str, told: str) -> None:
    for day in (date(2026, 1, 1), date(2027, 1, 1)):
        assert state_on(task(state=state), day) == told


def test_without_an_end_a_task_is_overdue_for_ever() -> None:
    assert state_on(task(), date(2030, 1, 1)) == "overdue"


def test_new_and_changed_tasks_are_written_and_equal_ones_left_alone() -> None:
    same, old, new = task(id="a"), task(id="b"), task(id="c")
    changed = replace(old, due=date(2026, 5, 11))
    assert compare([same, old], [same, changed, new], NOW).put == (changed, new)


@pytest.mark.parametrize(
    ("stored", "becomes"),
    [
        ({}, (CANCELLED, WITHDRAWN, date(2026, 5, 15))),
        ({"expires": date(2026, 5, 15)}, (CANCELLED, WITHDRAWN, date(2026, 5, 15))),
        ({"expires": date(2026, 5, 14)}, (FAILED, MISSED, date(2026, 5, 14))),
        (
            {"state": COMPLETED, "done_by_submission_id": "x"},
            (CANCELLED, WITHDRAWN, date(2026, 5, 15)),
        ),
        ({"state": CANCELLED}, None),
        ({"state": FAILED}, None),
    ],
)
def test_a_task_that_is_no_longer_made(stored: dict[str, Any], becomes: Any) -> None:
    put = compare([task(**stored)], [], NOW).put
    if becomes is None:
        assert put == ()
        return
    (gone,) = put
    assert (gone.state, gone.state_reason, gone.state_on) == becomes
    assert gone.done_by_submission_id is None
