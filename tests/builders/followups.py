"""Subjects, records and histories of follow-ups."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from backend.followups.model import Record, SubjectFacts, Task
from backend.kernel.clock import SHANGHAI

VILLAGE = "530127103201"
COUNTY = "530127000000"
RESIDENT = "0197aaaa-0000-7000-8000-000000000001"


def subject(**more: Any) -> SubjectFacts:
    return SubjectFacts(
        **{
            "kind": "resident",
            "id": RESIDENT,
            "county_code": COUNTY,
            "village_code": VILLAGE,
            "birth_date": date(1967, 6, 15),
            "sex": "1",
            **more,
        }
    )


def submission_id(number: int) -> str:
    return f"01980000-0000-7000-8000-{number:012d}"


def record(number: int, day: date, form: str = "htn_followup", **answers: Any) -> Record:
    return Record(
        submission_id=submission_id(number),
        subject_id=RESIDENT,
        form_key=form,
        visit_date=day,
        finalised_at=datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI),
        answers={"visit_date": day.isoformat(), **answers},
    )


def visit(number: int, day: date, sbp: int = 130, dbp: int = 80, **answers: Any) -> Record:
    """A completed hypertension follow-up at home."""
    return record(
        number,
        day,
        **{
            "visit_mode": "2",
            "visit_outcome": "1",
            "sbp": sbp,
            "dbp": dbp,
            "adverse_reaction": "1",
            "complication_change": "1",
            "emergency_signs": ["0"],
            **answers,
        },
    )


def not_met(number: int, day: date, outcome: str = "2") -> Record:
    """A visit that found nobody (2) or was refused (4)."""
    return record(number, day, visit_mode="2", visit_outcome=outcome)


FIRST_DAY = date(2025, 1, 1)


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Up to a dozen follow-ups of one patient over two years, good and bad, met and not met."""
    days = draw(st.lists(st.integers(0, 730), max_size=12))
    made: list[Record] = []
    for number, offset in enumerate(days):
        day = FIRST_DAY + timedelta(days=offset)
        if draw(st.integers(0, 3)) == 0:
            made.append(not_met(number, day, draw(st.sampled_from(["2", "4"]))))
            continue
        ahead = draw(st.none() | st.integers(-5, 200))
        wish = None if ahead is None else (day + timedelta(days=ahead)).isoformat()
        bp = draw(st.sampled_from([(128, 78), (150, 92), (148, 88), (182, 100), (None, None)]))
        made.append(
            visit(
                number,
                day,
                *bp,
                visit_mode=draw(st.sampled_from(["1", "2", "3"])),
                adverse_reaction=draw(st.sampled_from(["1", "2"])),
                complication_change=draw(st.sampled_from(["1", "2"])),
                next_visit_date=wish,
            )
        )
    return made


def task(**more: Any) -> Task:
    return Task(
        **{
            "id": "0197bbbb-0000-5000-8000-000000000001",
            "county_code": COUNTY,
            "village_code": VILLAGE,
            "subject_kind": "resident",
            "subject_id": RESIDENT,
            "household_id": None,
            "service": "hypertension",
            "kind": "follow_up",
            "anchor": submission_id(1),
            "opens": date(2026, 5, 10),
            "due": date(2026, 5, 13),
            "closes": date(2026, 5, 20),
            **more,
        }
    )
