"""The indicators of ``schemas/indicators`` ask for what there is."""

from __future__ import annotations

import json

import pytest

from backend.indicators.model import Indicator
from tests.builders.figures import INDICATORS
from tests.builders.settings import ROOT

SCHEMAS = ROOT / "schemas"
EDITION = json.loads((SCHEMAS / "immunization" / "2026.json").read_text())
DOSES = {dose["dose_id"] for series in EDITION["series"] for dose in series["doses"]}
PROGRAMMES = {path.stem for path in (SCHEMAS / "programmes").glob("*.json")}


def answers(form: str) -> set[str]:
    """Every answer of any version of a form."""
    found: set[str] = set()
    for path in (SCHEMAS / "forms" / form).glob("*/data.schema.json"):
        found |= set(json.loads(path.read_text())["properties"])
    return found


@pytest.mark.parametrize("one", INDICATORS.values(), ids=lambda one: one.key)
def test_an_indicator_asks_for_forms_answers_doses_and_programmes_that_exist(
    one: Indicator,
) -> None:
    path = SCHEMAS / "indicators" / f"{one.key}.json"
    assert path.exists(), "the file is named after the key"
    assert one.among.programme in {None, *PROGRAMMES}
    for fact in one.facts:
        if fact.kind == "dose":
            assert fact.dose in DOSES
        for form in fact.selection.forms:
            asked = {*fact.selection.where, *fact.selection.answered, *filter(None, [fact.answer])}
            assert asked <= answers(form), form
    named = {fact.id for fact in one.facts}
    assert named <= one.denominator.names | one.numerator.names, "no fact without use"
