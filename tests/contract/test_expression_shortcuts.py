"""The short way through an expression and the CEL engine say the same, of all that we publish."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from backend.forms.rules.compiling import scope_types
from backend.kernel.expressions import (
    UNANSWERED,
    Defect,
    Expression,
    Outcome,
    compile_expression,
)
from tests.contract.shared_cases import forms

TURNS = 60
CHOICES: dict[str, list[Any]] = {
    "number": [0, 1, 2.5, 18, 28.0, 37.3, 60, 90, 140, 180.0, -3, 0.35, 250],
    "text": ["0", "1", "2", "3", "4", "A09", "34082319900101001X", "x"],
    "date": ["2026-11-23", "2026-02-28", "1958-05-01", "2024-02-29", "2026-08-31"],
    "bool": [True, False],
    "codes": [["0"], ["1"], ["2", "3"], ["5", "6", "7"], ["4", "0"]],
}
HARD = {
    "a": "number", "b": "number", "t": "text", "d": "date", "e": "date",
    "p": "bool", "q": "bool", "c": "codes",
}  # fmt: skip
WRITTEN = [
    "a > 1.0 && b > 1.0",
    "a > 1.0 || b > 1.0",
    "!(a > 1.0) || !(t == '1')",
    "p ? a / b : b / a",
    "a / b > 0.0 || p",
    "p || a / b > 0.0",
    "p && days_between(d, e) / a > 1.0",
    "(p ? q : !q) && answered(a)",
    "answered(a) ? a : answered(b) ? b : -1.5",
    "c.exists(x, x == t)",
    "c.exists(x, x == '1' && p) || q",
    "c.exists(t, t == '1') && t == '2'",
    "c.exists(x, c.exists(y, y != x))",
    "c.all(x, x != t) && p",
    "c.exists_one(x, x == t)",
    "t in c || t in ['1', '2']",
    "'3' in c",
    "p == q",
    "d < e",
    "add_months(d, a)",
    "min_date(d, e) == d && age_years(d, e) >= a",
    "round1(a / b)",
    "text(a * 1000000.0)",
    "a * 1e308 * 1e10 > b",
    "a * 1e308 * 1e10",
    "a - b == b - a",
    "-a < b",
    "t + 'x' == '1x'",
    "t.startsWith('A') || p",
    "id_no_valid(t) && id_no_sex(t) == '1'",
]


def same(one: Outcome, other: Outcome) -> bool:
    if isinstance(one, Defect) or isinstance(other, Defect):
        return one == other
    return type(one) is type(other) and one == other


def compare(expression: Expression, types: dict[str, str], rng: Random) -> bool:
    """Whether a turn gave a value; fails where the two differ."""
    valued = False
    for _ in range(TURNS):
        likely = rng.choice((0.4, 0.8, 1.0))
        values = {
            name: rng.choice(CHOICES[types[name]])
            for name in sorted(expression.names)
            if types[name] in CHOICES and rng.random() < likely
        }
        short, engine = expression.evaluate(values), expression._run(values)
        assert same(short, engine), f"{expression.source} with {values}: {short} or {engine}"
        valued = valued or not (short is UNANSWERED or isinstance(short, Defect))
    return valued


@pytest.mark.parametrize("source", WRITTEN)
def test_the_short_way_says_what_the_engine_says(source: str) -> None:
    assert compare(compile_expression(source, HARD), HARD, Random(source))  # noqa: S311


@pytest.mark.parametrize("odd", [True, "12", [], {}, ["1", 2], float("inf")])
@pytest.mark.parametrize("source", ["a > 1.0", "t == '1'", "p || q", "'1' in c", "a > 1.0 || p"])
def test_a_value_of_another_type_is_the_engines(source: str, odd: Any) -> None:
    expression = compile_expression(source, HARD)
    for name in sorted(expression.names):
        values: dict[str, Any] = {"a": 2, "t": "1", "p": False, "q": False, "c": ["1"], name: odd}
        assert same(expression.evaluate(values), expression._run(values))


@pytest.mark.parametrize("key", sorted(forms()))
def test_every_expression_of_a_form_is_the_same_both_ways(key: str) -> None:
    form = forms()[key]
    rng = Random(key)  # noqa: S311
    for scope in (None, *form.types.rows):
        types = dict(scope_types(form.types, scope))
        for expression in written(form, scope):
            compare(expression, types, rng)


def written(form: Any, scope: str | None) -> list[Expression]:
    """Every expression of the outermost answers, or of the rows of a repeat."""
    items = [i for i in form.items if (getattr(i, "columns", None) is not None)]
    fields = [i for i in items if hasattr(i, "field")]
    if scope is not None:
        fields = [c for i in form.items if i.name == scope for c in i.columns]
    found = [e for f in fields for e in (*f.shown, f.required, f.compute, f.low, f.high)]
    found += [c.expression for c in form.checks if c.repeat == scope]
    return [one for one in found if isinstance(one, Expression)]
