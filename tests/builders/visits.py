"""Answers of ordinary visits, taken from the shared cases, moved to the day of the test."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.builders.settings import ROOT

TODAY = "2026-11-23"
"""The day on which the tests' clock stands."""

_DAYS = {
    "household": "record_date",
    "resident": "record_date",
    "vaccination": "vacc_date",
    "site": "record_date",
    "sms_consent": "record_date",
    "edu_activity": "activity_date",
    "supervision_patrol": "patrol_date",
}


@cache
def _base(form: str) -> str:
    path = ROOT / "schemas" / "cases" / "forms" / f"{form}.json"
    return json.dumps(json.loads(path.read_text("utf-8"))["base"])


def answers(form: str, on: str = TODAY, **changes: Any) -> dict[str, Any]:
    """The answers of an unremarkable visit; ``None`` takes an answer away."""
    filled = json.loads(_base(form)) | {_DAYS.get(form, "visit_date"): on} | changes
    return {name: value for name, value in filled.items() if value is not None}


def pressure(sbp: int, dbp: int, on: str = TODAY, **changes: Any) -> dict[str, Any]:
    """A hypertension follow-up with this blood pressure, classed as the rules class it."""
    emergency = sbp >= 180 or dbp >= 110
    bad = sbp >= 140 or dbp >= 90
    derived = {
        "sbp": sbp,
        "dbp": dbp,
        "fu_class": "2" if bad else "1",
        "emergency_signs": ["0"],
    }
    if emergency:
        derived |= {
            "referral": "2",
            "referral_reason": "血压危急",
            "referral_org_dept": "镇卫生院内科",
            "referral_urgency": "1",
        }
    return answers("htn_followup", on, **(derived | changes))
