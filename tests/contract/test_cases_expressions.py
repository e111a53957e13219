"""CEL with three-valued answers, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.expressions import BadExpression, as_json, compile_expression
from tests.contract.shared_cases import named

CASES = named("expressions.json")
TAKEN = [param for param in CASES if "refused" not in param.values[1]]
REFUSED = [param for param in CASES if "refused" in param.values[1]]


@pytest.mark.parametrize(("file", "case"), TAKEN)
def test_expression_gives_what_the_case_says(file: Any, case: Any) -> None:
    outcome = compile_expression(case["expr"], case["types"]).evaluate(case["values"])

    seen = {
        "visible": outcome is True,
        "required": outcome is True,
        "check": outcome is not False,
        "compute": as_json(outcome),
    }
    assert seen[case["as"]] == case["result"]


@pytest.mark.parametrize(("file", "case"), REFUSED)
def test_expression_is_refused(file: Any, case: Any) -> None:
    with pytest.raises(BadExpression):
        compile_expression(case["expr"], case["types"])
