"""The forecast of whole vaccination histories, case by case."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from backend.forms import folder
from backend.immunization.model import Edition, Facts, ForecastDose
from backend.immunization.rules import forecast, read_edition, validity_of
from backend.immunization.rules.asking import read_question
from tests.contract.shared_cases import SCHEMAS, named


@cache
def _edition(name: str) -> Edition:
    drafts = [d for d in folder.rule_drafts(SCHEMAS) if d.kind == "immunization"]
    return next(read_edition(draft.body) for draft in drafts if draft.body["edition"] == name)


def _facts(body: dict[str, Any]) -> Facts:
    child = {"birth_date": "2000-01-01", "sex": "1", "facts": body}
    return read_question(child, _edition("2026"), date(2199, 12, 31)).facts


def _told(dose: ForecastDose) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in vars(dose).items()
    }


@pytest.mark.parametrize(("file", "case"), named("immunization*.json"))
def test_forecast_says_what_the_case_says(file: Any, case: Any) -> None:
    child = case["child"]
    given = [(dose["vaccine"], date.fromisoformat(dose["on"])) for dose in case["given"]]
    asked = (
        _edition(file["edition"]),
        date.fromisoformat(child["birth_date"]),
        child["sex"],
        given,
        date.fromisoformat(case["asked"]),
    )
    known = {"settings": case.get("settings"), "facts": _facts(case.get("facts", {}))}

    found = {dose.dose_id: _told(dose) for dose in forecast(*asked, **known)}

    expected = case["expect"]
    for wanted in expected.get("doses", ()):
        dose = found[wanted["dose_id"]]
        assert {name: dose[name] for name in wanted} == wanted
    assert not set(expected.get("absent", ())) & set(found)
    if "validity" in expected:
        assert list(validity_of(*asked, **known)) == expected["validity"]
