"""The one pass over answers: what is shown, what counts, and what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.forms.model import Context, Evaluation
from backend.forms.rules import evaluate
from tests.builders.forms import tiny_form

TODAY = Context(today=date(2026, 5, 6))
ILL = {"visit_date": "2026-05-06", "ill": "2", "temperature": 38.5}


def run(confirmed: tuple[str, ...] = (), **answers: Any) -> Evaluation:
    return evaluate(tiny_form(), answers, TODAY, confirmed)


def wrong(found: Evaluation) -> set[tuple[str, str]]:
    return {(violation.path, violation.code) for violation in found.violations}


def test_a_page_that_is_closed_asks_for_nothing() -> None:
    found = run(visit_date="2026-05-06", ill="1")
    assert found.violations == ()
    assert found.visible == {"visit_date", "ill"}
    assert found.values == {"visit_date": "2026-05-06", "ill": "1"}


def test_an_open_page_computes_and_asks() -> None:
    found = run(**ILL, confirmed=("temperature",))
    assert found.computed == {"fever": True}
    assert found.values["fever"] is True
    assert {"temperature", "signs", "note", "pills"} <= found.visible
    assert found.violations == ()


def test_what_was_answered_under_a_closed_page_counts_for_nothing() -> None:
    found = run(visit_date="2026-05-06", ill="1", temperature=99, pills=[{"dose": 7}])
    assert wrong(found) == {("temperature", "hidden"), ("pills", "hidden")}
    assert "temperature" not in found.values


def test_an_unknown_condition_closes_the_page() -> None:
    assert run(visit_date="2026-05-06").visible == {"visit_date", "ill"}


def test_a_forged_computed_value_is_corrected_and_told() -> None:
    found = run(**{**ILL, "temperature": 36.5}, fever=True)
    assert wrong(found) == {("fever", "computed")}
    assert found.values["fever"] is False


def test_a_value_of_another_type_cannot_be_used() -> None:
    found = run(visit_date="2026-05-06", ill="2", temperature="38.5")
    assert wrong(found) == {("temperature", "type")}
    assert "temperature" not in found.values
    assert found.computed["fever"] is None


def test_a_date_that_never_was_cannot_be_used() -> None:
    found = run(visit_date="2026-02-30", ill="1")
    assert wrong(found) == {("visit_date", "format")}
    assert found.values == {"ill": "1"}


def test_a_measured_value_outside_of_every_range_is_kept() -> None:
    found = run(**{**ILL, "temperature": 99})
    assert wrong(found) == {("temperature", "maximum"), ("temperature", "unconfirmed:soft")}
    assert found.values["temperature"] == 99


def test_a_soft_message_asks_until_it_is_confirmed() -> None:
    assert [(w.path, w.name) for w in run(**ILL).unconfirmed] == [("temperature", "soft")]
    assert run(**ILL, confirmed=("temperature",)).unconfirmed == ()


def test_a_soft_check_over_the_context() -> None:
    found = run(visit_date="2026-01-06", ill="1")
    assert wrong(found) == {("visit_date", "unconfirmed:recent")}
    assert run(visit_date="2026-01-06", ill="1", confirmed=("visit_date",)).violations == ()


@pytest.mark.parametrize("empty", [None, "", []])
def test_empty_answers_are_unanswered(empty: Any) -> None:
    found = run(visit_date="2026-05-06", ill=empty)
    assert ("ill", "required") in wrong(found)
    assert "ill" not in found.values


def test_codes_that_exclude_the_others_stand_alone() -> None:
    found = run(**ILL, signs=["0", "3"], confirmed=("temperature",))
    assert wrong(found) == {("signs", "exclusive")}
    assert run(**ILL, signs=["0"], confirmed=("temperature",)).violations == ()


def test_required_may_look_ahead_and_at_everything() -> None:
    found = run(**ILL, signs=["1"], confirmed=("temperature",))
    assert wrong(found) == {("note", "required")}
    assert "note" in found.required


def test_the_fields_of_a_row_hide_those_of_the_form() -> None:
    rows = [{"note": "none"}, {"dose": 5}, {"note": "x", "dose": 101}]
    found = run(**ILL, note="outer", pills=rows[:2], confirmed=("temperature",))
    # Row 0: 'none' closes the dose. Row 1: its own note is open, so whether to ask is unknown.
    assert "pills.0.dose" not in found.visible
    assert wrong(found) == {
        ("pills.1.note", "required"),
        ("pills.1.dose", "hidden"),
    }


def test_rows_are_computed_required_and_checked_each() -> None:
    rows = [{"note": "a"}, {"note": "b", "dose": 101}]
    found = run(**ILL, pills=rows, confirmed=("temperature",))
    assert found.values["pills"] == [{"note": "a"}, {"note": "b", "dose": 101, "total": 303}]
    assert wrong(found) == {("pills.0.dose", "required"), ("pills.1.dose", "check:not_too_much")}
    told = next(v for v in found.violations if v.code.startswith("check"))
    assert told.detail == {"fields": ["pills.1.dose", "pills.1.note"]}


def test_more_rows_than_the_form_has_room_for() -> None:
    found = run(**ILL, pills=[{"note": "none"}] * 3, confirmed=("temperature",))
    assert wrong(found) == {("pills", "length")}


def test_unknown_fields_and_codes_are_told_by_name() -> None:
    found = run(visit_date="2026-05-06", ill="7", colour="red", pills=[{"note": "none", "size": 1}])
    assert {("colour", "unknown_field"), ("ill", "enum")} <= wrong(found)
    assert "colour" not in found.values


def test_a_retired_code_is_still_understood() -> None:
    assert run(visit_date="2026-05-06", ill="9").violations == ()


@pytest.mark.parametrize("answers", [[], "text", 7, {"pills": "x", "ill": "2"}, {"pills": [7]}])
def test_answers_of_any_shape_are_judged_and_never_break(answers: Any) -> None:
    found = evaluate(tiny_form(), answers, TODAY)
    assert any(violation.code in ("type", "required") for violation in found.violations)


def test_private_fields_are_known() -> None:
    assert tiny_form().private == {"note"}
