"""Subjects, records and submissions for tests of figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from backend.geo.rules import county_of, township_of
from backend.indicators.model import Record, Subject, Tally
from backend.indicators.rules.counting import Judge, tallies
from backend.indicators.service import catalogue
from backend.kernel.ids import new_id
from backend.submissions.model import Subject as About, Submission
from tests.builders.areas import VILLAGE
from tests.builders.settings import ROOT

INDICATORS = catalogue(ROOT / "schemas")
CHRISTMAS = date(2026, 12, 31)


def person(**changes: Any) -> Subject:
    """A woman of 60, enrolled for hypertension since 2024."""
    told: dict[str, Any] = {
        "kind": "resident",
        "id": new_id(),
        "village_code": VILLAGE,
        "worker_id": None,
        "known_on": date(2024, 1, 5),
        "status": "1",
        "birth_date": date(1966, 5, 1),
        "sex": "2",
        "enrolled": (("hypertension", date(2024, 1, 5), None),),
    }
    return Subject(**(told | changes))


def record(form: str, on: date, **changes: Any) -> Record:
    """A completed visit at home that nobody has approved yet."""
    told: dict[str, Any] = {
        "form_key": form,
        "on": on,
        "mode": "2",
        "outcome": "1",
        "approved": False,
        "answers": {},
    }
    return Record(**(told | changes))


def pressures(*days: date, sbp: int = 132, dbp: int = 82, **changes: Any) -> tuple[Record, ...]:
    """Blood-pressure follow-ups on these days."""
    answers = {"sbp": sbp, "dbp": dbp, "visit_outcome": changes.get("outcome", "1")}
    return tuple(record("htn_followup", day, answers=answers, **changes) for day in days)


def counted(key: str, *subjects: Subject, year: int = 2026, today: date = CHRISTMAS) -> list[Tally]:
    """The tallies of subjects in one indicator."""
    judge = [Judge(INDICATORS[key])]
    return [one for subject in subjects for one in tallies(judge, subject, [year], today)]


def stands(key: str, subject: Subject, month: int, **when: Any) -> str:
    """``met``, ``unmet`` or ``out`` at the end of a month, all standing records counted."""
    bit = 1 << (month - 1)
    for one in counted(key, subject, **when):
        if one.due & bit:
            return "met" if one.met & bit else "unmet"
    return "out"


def submission(
    form: str,
    subject: tuple[str, str],
    on: date,
    *,
    village: str = VILLAGE,
    household_id: str | None = None,
    **changes: Any,
) -> Submission:
    """A stored submission, as the intake would make it."""
    now = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    id_ = new_id()
    told: dict[str, Any] = {
        "id": id_,
        "county_code": county_of(village),
        "township_code": township_of(village),
        "village_code": village,
        "form_key": form,
        "form_version": 1,
        "service": None,
        "subject": About(*subject),
        "household_id": household_id,
        "worker_id": new_id(),
        "device_id": new_id(),
        "visit_date": on,
        "visit_mode": "2",
        "visit_outcome": "1",
        "state": "received",
        "version_id": id_,
        "version_no": 1,
        "answers": {},
        "flag_count": 0,
        "priority": 0,
        "finalised_at": now,
        "received_at": now,
    }
    return Submission(**(told | changes))
