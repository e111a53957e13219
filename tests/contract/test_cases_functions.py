"""The own functions of the expression language, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.expression_functions import FUNCTIONS
from backend.kernel.expressions import compile_expression
from tests.contract.shared_cases import named

CASES = [*named("dates.json"), *named("growth.json")]


@pytest.mark.parametrize(("file", "case"), CASES)
def test_function_gives_what_the_case_says(file: Any, case: Any) -> None:
    function = FUNCTIONS[case["call"]]
    names = [f"a{index}" for index in range(len(case["args"]))]
    types = dict(zip(names, function.parameters, strict=True))
    values = dict(zip(names, case["args"], strict=True))

    expression = compile_expression(f"{case['call']}({', '.join(names)})", types)

    assert expression.evaluate(values) == case["result"]


def test_every_function_has_a_case() -> None:
    called = {param.values[1]["call"] for param in CASES}
    assert called == set(FUNCTIONS)
