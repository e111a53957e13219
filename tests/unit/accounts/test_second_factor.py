"""Time-based codes: drift is forgiven, replay is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from backend.accounts.rules.second_factor import is_totp, matching_step

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 11, 23, 2, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


def code(offset: int) -> str:
    return pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30 * offset))


@pytest.mark.parametrize(
    ("offset", "last_step", "found"),
    [
        (0, None, STEP),
        (-1, None, STEP - 1),
        (1, None, STEP + 1),
        (-2, None, None),
        (2, None, None),
        (0, STEP - 1, STEP),
        (0, STEP, None),
        (-1, STEP, None),
        (1, STEP, STEP + 1),
        (0, STEP + 1, None),
    ],
)
def test_steps(offset: int, last_step: int | None, found: int | None) -> None:
    assert matching_step(SECRET, code(offset), NOW, last_step) == found


def test_spaces_do_not_matter_and_strange_text_is_only_wrong() -> None:
    spaced = code(0)[:3] + " " + code(0)[3:]
    assert matching_step(SECRET, spaced, NOW, None) == STEP
    assert matching_step(SECRET, "验证码", NOW, None) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("123456", True), ("123 456", True), ("12345", False), ("k7mq3-f9xab", False),
     ("١٢٣٤٥٦", False)],
)  # fmt: skip
def test_six_digits_are_meant_as_a_time_based_code(typed: str, expected: bool) -> None:
    assert is_totp(typed) is expected
