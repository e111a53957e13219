"""Stored tasks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from backend.followups.model import Task
from backend.kernel.ids import new_id, task_id
from tests.builders.areas import COUNTY, VILLAGE


def make_task(closes: date, village: str = VILLAGE, **changes: Any) -> Task:
    """A task of hypertension that closes on a day."""
    subject = changes.get("subject_id", new_id())
    anchor = changes.get("anchor", "a")
    values: dict[str, Any] = {
        "id": task_id(subject, "hypertension", anchor),
        "county_code": COUNTY,
        "village_code": village,
        "subject_kind": "resident",
        "subject_id": subject,
        "household_id": None,
        "service": "hypertension",
        "kind": "follow_up",
        "anchor": anchor,
        "opens": closes - timedelta(days=40),
        "due": closes - timedelta(days=20),
        "closes": closes,
    }
    return Task(**(values | changes))
