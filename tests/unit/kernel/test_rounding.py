"""Rounding and writing of numbers, where binary fractions tempt to go wrong."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from backend.kernel.rounding import round1, round_half_up, shortest_text


@pytest.mark.parametrize(
    ("number", "rounded"),
    [(2.5, 3), (-2.5, -3), (0.5, 1), (-0.4, 0), (139.49, 139), (1e15 + 0.5, 1e15 + 0.5), (0, 0)],
)
def test_whole_numbers_round_half_away_from_zero(number: float, rounded: float) -> None:
    assert round_half_up(number) == rounded
    assert math.copysign(1, round_half_up(-0.4)) == 1


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (0.25, 0.3),
        (0.35, 0.4),
        (0.05, 0.1),
        (1.005, 1.0),
        (0.285, 0.3),
        (-0.25, -0.3),
        (24.2, 24.2),
    ],
)
def test_one_decimal_rounds_what_a_person_sees(number: float, rounded: float) -> None:
    assert round1(number) == rounded


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (140.0, "140"),
        (-0.0, "0"),
        (36.5, "36.5"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (5e-324, "5e-324"),
        (-123.456, "-123.456"),
    ],
)
def test_numbers_are_written_as_ecmascript_writes_them(number: float, text: str) -> None:
    assert shortest_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_reads_back_as_the_same_number(number: float) -> None:
    assert float(shortest_text(number)) == number


@given(st.floats(-1e14, 1e14))
def test_rounding_moves_by_no_more_than_half_a_step(number: float) -> None:
    assert abs(round_half_up(number) - number) <= 0.5
    assert abs(round1(number) - number) <= 0.05 + abs(number) * 1e-15


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_is_refused(number: float) -> None:
    for function in (round1, round_half_up, shortest_text):
        with pytest.raises(ValueError, match="finite"):
            function(number)
