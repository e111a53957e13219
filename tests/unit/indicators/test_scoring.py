"""The assessment score by the weights a township sets."""

from __future__ import annotations

import pytest

from backend.indicators.model import Sum
from backend.indicators.rules.scoring import score

TARGETS = {"a": 80.0, "b": 50.0}


@pytest.mark.parametrize(
    ("sums", "weights", "expected"),
    [
        ({"a": Sum(80, 100), "b": Sum(50, 100)}, {"a": 60, "b": 40}, 100.0),
        ({"a": Sum(99, 100), "b": Sum(50, 100)}, {"a": 60, "b": 40}, 100.0),  # never above
        ({"a": Sum(40, 100), "b": Sum(50, 100)}, {"a": 60, "b": 40}, 70.0),
        ({"a": Sum(0, 100), "b": Sum(0, 100)}, {"a": 60, "b": 40}, 0.0),
        ({"a": Sum(40, 100)}, {"a": 60, "b": 40}, 50.0),  # nobody due: takes no part
        ({"a": Sum(40, 100), "b": Sum(50, 100)}, {"a": 1, "b": 0}, 50.0),
        ({"a": Sum(40, 100)}, {}, None),
        ({}, {"a": 60}, None),
        ({"c": Sum(1, 2)}, {"c": 10}, None),  # no target
    ],
)
def test_score(sums: dict[str, Sum], weights: dict[str, float], expected: float | None) -> None:
    assert score(sums, TARGETS, weights) == expected


def test_a_rate_is_never_without_its_numbers() -> None:
    assert Sum(380, 397).percent == 95.7
    assert Sum(0, 0).percent is None
    assert Sum(1, 2) + Sum(2, 2) == Sum(3, 4)
