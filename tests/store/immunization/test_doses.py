"""Doses in the database, and the plan made of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from backend.forms import service as forms
from backend.immunization import service
from backend.kernel.ids import derived_id
from backend.programmes import store as policies
from backend.programmes.model import Policy
from tests.builders.followups import RESIDENT, VILLAGE, submission_id

NOW = datetime(2026, 5, 15, 4, tzinfo=UTC)
REAL = Path(__file__).parents[3] / "schemas"


def test_a_correction_takes_the_place_of_what_was_said(
    write_session: Session, session: Session
) -> None:
    first = [("HepB", date(2026, 1, 15), 1, "2"), ("BCG", date(2026, 1, 15), 1, "2")]
    service.record(write_session, submission_id(1), RESIDENT, VILLAGE, first)
    other = [("HepB", date(2026, 2, 15), 2, "1")]
    service.record(write_session, submission_id(2), RESIDENT, VILLAGE, other)
    corrected = [("HepB", date(2026, 1, 16), None, None)]
    service.record(write_session, submission_id(1), RESIDENT, VILLAGE, corrected)
    write_session.commit()

    found = service.doses_of(session, [RESIDENT])[RESIDENT]
    assert [(dose.vaccine, dose.given_on) for dose in found] == [
        ("HepB", date(2026, 1, 16)),
        ("HepB", date(2026, 2, 15)),
    ]


def test_a_void_takes_its_doses_away(write_session: Session) -> None:
    dose = [("HepB", date(2026, 1, 15), 1, "2")]
    service.record(write_session, submission_id(1), RESIDENT, VILLAGE, dose)
    service.record(write_session, submission_id(1), RESIDENT, VILLAGE, [])
    assert service.doses_of(write_session, [RESIDENT]) == {RESIDENT: []}


def test_the_plan_follows_the_edition_and_the_areas_own_settings(write_session: Session) -> None:
    with pytest.raises(LookupError, match="no vaccine edition"):
        _plan(write_session)
    forms.publish_folder(write_session, REAL, NOW)
    assert "JE-L-1" in _plan(write_session)
    policies.save_policy(
        write_session,
        Policy(
            derived_id("policy", "1"),
            service.KEY,
            "530127000000",
            date(2026, 1, 1),
            None,
            {"je_product": "JE-I", "reminder_days": 7},
        ),
    )
    write_session.flush()
    assert "JE-I-1" in _plan(write_session)


def _plan(session: Session) -> set[str]:
    plan = service.forecast_for(
        session,
        village_code=VILLAGE,
        birth_date=date(2026, 1, 15),
        sex="1",
        doses=[],
        asked_on=date(2026, 5, 15),
    )
    return {dose.dose_id for dose in plan}


def test_before_the_first_edition_began_the_first_one_counts(write_session: Session) -> None:
    forms.publish_folder(write_session, REAL, NOW)
    early, late = (service.edition_on(write_session, day) for day in (date(2020, 1, 1), date.max))
    assert early is not None and early is late
