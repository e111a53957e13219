"""What is visible, required, computed and wrong with answers, form by form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.forms.model import Context
from backend.forms.rules import evaluate
from tests.contract.shared_cases import forms, named


def _context(told: dict[str, Any]) -> Context:
    birth = told.get("resident_birth_date")
    programmes = told.get("resident_programmes")
    return Context(
        today=date.fromisoformat(told["today"]),
        resident_birth_date=None if birth is None else date.fromisoformat(birth),
        resident_sex=told.get("resident_sex"),
        resident_programmes=None if programmes is None else tuple(programmes),
    )


def _named_details(expected: list[Any], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The violations found, each with only those details that the case names for it."""
    shown = {(e["path"], e["code"]): set(e) for e in expected}
    return [
        {k: v for k, v in one.items() if k in shown.get((one["path"], one["code"]), one)}
        for one in found
    ]


@pytest.mark.parametrize(("file", "case"), named("forms/*.json"))
def test_form_says_what_the_case_says(file: Any, case: Any) -> None:
    answers = {**file.get("base", {}), **case.get("answers", {})}
    answers = {name: value for name, value in answers.items() if value is not None}
    context = _context({**file.get("base_context", {}), **case.get("context", {})})

    seen = evaluate(forms()[file["form"]], answers, context, case.get("confirmed", ()))

    expected = case["expect"]
    assert set(expected.get("visible", ())) <= seen.visible
    assert not set(expected.get("hidden", ())) & seen.visible
    assert set(expected.get("required", ())) <= seen.required
    for name, value in expected.get("computed", {}).items():
        assert seen.computed.get(name) == value, name
    if "violations" in expected:
        found = [violation.as_json() for violation in seen.violations]
        found = _named_details(expected["violations"], found)
        by_place = lambda v: (v["path"], v["code"])  # noqa: E731
        assert sorted(found, key=by_place) == sorted(expected["violations"], key=by_place)


def test_every_form_has_cases() -> None:
    assert {param.values[0]["form"] for param in named("forms/*.json")} == set(forms())
