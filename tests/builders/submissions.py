"""Rows of submissions by the thousand, for what only shows in a crowd."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from backend.geo.rules import county_of, township_of
from backend.house import House
from backend.kernel.db import table_of
from backend.kernel.ids import new_id
from backend.submissions.model import STATES
from backend.submissions.tables import SubmissionRow
from tests.builders.areas import VILLAGE


def row_of(now: datetime, no: int, **given: Any) -> dict[str, Any]:
    """One submission of a village, as the line would have written it.

    :param no: from which its form, state, day and doubts follow, each in its own rhythm
    """
    key, village = new_id(), given.get("village_code", VILLAGE)
    return {
        "id": key,
        "county_code": county_of(village),
        "township_code": township_of(village),
        "village_code": village,
        "form_key": ("htn_followup", "dm_followup")[no % 2],
        "form_version": 1,
        "service": "hypertension",
        "subject_kind": "resident",
        "subject_id": new_id(),
        "household_id": None,
        "worker_id": new_id(),
        "device_id": new_id(),
        "visit_date": (now - timedelta(days=no * 37 % 90)).date(),
        "visit_mode": "2",
        "visit_outcome": "1",
        "state": STATES[no * 7 // 3 % len(STATES)],
        "version_id": key,
        "version_no": 1,
        "answers": {"sbp": 120 + no % 50, "dbp": 80},
        "flag_count": no // 5 % 2,
        "priority": (0, 0, 10, 30)[no * 11 // 7 % 4],
        "finalised_at": now,
        "received_at": now - timedelta(minutes=no * 131 % 500),
        "decided_at": None,
    } | given


def keep(house: House, rows: list[dict[str, Any]]) -> None:
    """Insert them, and let PostgreSQL know how many there are."""
    with house.write() as session:
        session.execute(insert(table_of(SubmissionRow)), rows)
    if house.engine.dialect.name == "postgresql":
        with house.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE submissions")
