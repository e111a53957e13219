"""What an author may write, and what an unanswered question means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.kernel.expressions import (
    UNANSWERED,
    BadExpression,
    Defect,
    as_json,
    compile_expression,
)

TYPES = {
    "sbp": "number",
    "dbp": "number",
    "sex": "text",
    "born": "date",
    "signs": "codes",
    "pills": "rows",
    "smokes": "bool",
    "home": "place",
}


def value(source: str, **values: Any) -> Any:
    return compile_expression(source, TYPES).evaluate(values)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (False, False, False, False),
        (True, None, UNANSWERED, True),
        (False, None, False, UNANSWERED),
        (None, None, UNANSWERED, UNANSWERED),
    ],
)
def test_and_and_or_are_three_valued_in_any_order(a: Any, b: Any, both: Any, either: Any) -> None:
    types = {"a": "bool", "b": "bool"}
    for names in ("a", "b"), ("b", "a"):
        values = dict(zip(names, (a, b), strict=True))
        assert compile_expression("a && b", types).evaluate(values) is both
        assert compile_expression("a || b", types).evaluate(values) is either


def test_unknown_sex_is_not_suddenly_another_sex() -> None:
    assert value('sex != "1"') is UNANSWERED
    assert value('!(sex == "1")') is UNANSWERED


def test_answered_asks_without_reading() -> None:
    assert value("answered(sbp)") is False
    assert value("answered( sbp )", sbp=0) is True
    assert value('sex == "answered(sbp)"', sex="answered(sbp)") is True


def test_names_are_what_is_read_and_what_is_asked_for() -> None:
    expression = compile_expression("answered(dbp) && signs.exists(s, s == sex)", TYPES)
    assert expression.names == {"dbp", "signs", "sex"}


def test_a_loop_variable_is_no_field() -> None:
    expression = compile_expression("signs.all(sbp, sbp != '0')", TYPES)
    assert expression.names == {"signs"}


def test_a_cell_that_is_not_filled_in_is_unanswered() -> None:
    assert value("pills.all(p, p.dose > 1.0)", pills=[{"dose": 2}, {}]) is UNANSWERED
    assert value("pills.all(p, p.dose > 1.0)", pills=[{"dose": 2}, {"dose": None}]) is UNANSWERED
    assert value("pills.exists(p, p.dose > 1.0)", pills=[{}, {"dose": 2}]) is True


def test_whole_numbers_of_json_are_numbers() -> None:
    assert value("sbp / 2.0", sbp=281) == 140.5
    assert value("pills[0].dose + 0.5", pills=[{"dose": 1}]) == 1.5


def test_an_empty_list_that_the_house_provides_is_an_answer() -> None:
    assert value("'1' in signs", signs=[]) is False


def test_what_fails_with_everything_answered_is_a_defect() -> None:
    assert isinstance(value("sbp / dbp", sbp=1, dbp=0), Defect)
    assert isinstance(value("pills[1].dose > 1.0", pills=[{"dose": 1}]), Defect)
    assert isinstance(value("add_days(born, 1.0)", born="9999-12-31"), Defect)


def test_a_defect_never_repeats_a_value() -> None:
    found = value("add_days(born, 1.0)", born="9999-12-31")
    assert "9999" not in found.message


@pytest.mark.parametrize(
    ("source", "position", "message"),
    [
        ("sbp >= 140", 4, "140.0"),
        ("sbp >=", 6, "Syntax error"),
        ("spb > 1.0", 0, "'spb' is not known here"),
        ("sbp > 1.0 &&\nspb > 1.0", 13, "'spb' is not known here"),
        ("'汉' == sexx", 7, "'sexx' is not known here"),
        ("answered(pills[0])", 0, "bare name"),
        ("sex == null", 4, "answered(x)"),
        ("has(pills[0].dose)", 3, "answered(x)"),
        ("sex > 'a'", 0, "dates and numbers"),
        ("born > '2026'", 7, "dates and numbers"),
        ("age_years(sex, born)", 10, "needs a date"),
        ("age_years(born)", 9, "takes 2 values"),
        ("string(sbp) == sex", 6, "not allowed"),
        ("dyn(sbp) == sbp", 3, "not allowed"),
        ("sex.matches(sex)", 12, "plain pattern"),
        ("sex.matches('(?=a)')", 12, "plain pattern"),
        ("{'a': 1.0}", 0, "maps"),
        ('r"a" == sex', 0, "raw texts"),
        ('"""a""" == sex', 0, "raw texts"),
        ("sbp > 1.0 // why", 10, "comments"),
        ("x" * 2001, 0, "longer than"),
    ],
)
def test_a_refusal_says_what_and_where(source: str, position: int, message: str) -> None:
    with pytest.raises(BadExpression) as refusal:
        compile_expression(source, TYPES)
    assert message in refusal.value.message
    assert refusal.value.position == position


@pytest.mark.parametrize(
    ("source", "result", "message"),
    [
        ("sbp", "bool", "gives number, not bool"),
        ("size(signs)", "number", "double(...)"),
        ("pills[0].dose", "number", "unknown type"),
        ("sex", "date", "need not be a date"),
    ],
)
def test_a_result_of_another_type_is_refused(source: str, result: str, message: str) -> None:
    with pytest.raises(BadExpression, match=r".") as refusal:
        compile_expression(source, TYPES, result)
    assert message in refusal.value.message


@pytest.mark.parametrize(
    "source",
    ["born", "add_days(born, 1.0)", "smokes ? born : '2026-01-01'", "smokes ? born : ''", "''"],
)
def test_a_date_is_known_as_one(source: str) -> None:
    compile_expression(source, TYPES, "date")


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("sbp > 1.0", TYPES) is compile_expression("sbp > 1.0", dict(TYPES))


@pytest.mark.parametrize(
    ("outcome", "json"),
    [(140.0, 140), (23.5, 23.5), (1e300, 1e300), ("", None), ([], None), (False, False)],
)
def test_an_outcome_as_an_answer(outcome: Any, json: Any) -> None:
    found = as_json(outcome)
    assert (found, type(found)) == (json, type(json))


def test_no_value_as_an_answer() -> None:
    assert as_json(UNANSWERED) is None
    assert as_json(Defect("it failed")) is None


@given(
    st.dictionaries(st.sampled_from(["sbp", "dbp"]), st.floats(allow_nan=False)),
    st.sampled_from(["sbp >= 140.0 || dbp >= 90.0", "sbp > dbp", "answered(sbp) && sbp < 90.0"]),
)
def test_learning_more_never_turns_a_known_answer(values: dict[str, float], source: str) -> None:
    full = {"sbp": 120.0, "dbp": 80.0, **values}
    known = value(source, **values)
    if known is not UNANSWERED and "answered" not in source:
        assert value(source, **full) == known
