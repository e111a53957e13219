"""Codes that people read out, write down and type."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from backend.accounts.model import EnrolmentCode
from backend.accounts.rules import codes

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_the_alphabet_has_32_characters_and_no_lookalikes() -> None:
    assert len(set(codes.ALPHABET)) == 32
    assert not set("01lo") & set(codes.ALPHABET)


def test_shapes() -> None:
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", codes.one_time_password(bytes(range(16))))
    assert re.fullmatch(r"\w{4}-\w{4}", codes.enrolment_code(bytes(range(8))))
    assert re.fullmatch(r"\w{5}-\w{5}", codes.recovery_code(bytes(range(10))))


def test_every_random_byte_counts() -> None:
    base = bytes(16)
    seen = {codes.one_time_password(base)}
    for place in range(16):
        seen.add(codes.one_time_password(base[:place] + b"\x01" + base[place + 1 :]))
    assert len(seen) == 17


def test_too_few_random_bytes_make_no_code() -> None:
    with pytest.raises(ValueError, match="random"):
        codes.one_time_password(bytes(15))


@pytest.mark.parametrize("typed", ["k7mq-3f9x", "K7MQ3F9X", " k7mq 3f9x ", "K7mq－3f9x"])
def test_how_it_is_typed_does_not_matter(typed: str) -> None:
    assert codes.normalise(typed) == "k7mq3f9x"


def test_a_one_time_password_gets_its_hyphens_back() -> None:
    assert codes.normalise_one_time("K7MQ3F9XAB2CDE4F") == "k7mq-3f9x-ab2c-de4f"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (None, "wrong"),
        (EnrolmentCode("i", "a", None, NOW + timedelta(seconds=1), None), "good"),
        (EnrolmentCode("i", "a", None, NOW, None), "expired"),
        (EnrolmentCode("i", "a", None, NOW + timedelta(hours=1), NOW), "wrong"),
        (EnrolmentCode("i", "a", None, NOW - timedelta(hours=1), NOW), "wrong"),
    ],
)
def test_a_code_is_good_once_and_in_time(code: EnrolmentCode | None, verdict: str) -> None:
    assert codes.judge(code, NOW) == verdict
