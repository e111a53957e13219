"""Which passwords may be chosen (S13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.accounts.rules.passwords import check, normalise, one_time_expired
from backend.kernel.errors import Refusal


@pytest.mark.parametrize(
    "password",
    [
        "三月的玉兰花开在我家门口",
        "correct horse battery",
        "xK9#mQ2$vL5n",
        "a sentence that is long",
        "玉兰花开 in 1958 年",
        "p" + "阿波罗 eleven landed" * 6,
    ],
)
def test_long_and_uncommon_is_enough(password: str) -> None:
    check(password, "wanglan")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short one 11", None),
        ("short one 1", "password_too_short"),
        ("", "password_too_short"),
        ("abcdefgh i j k l" * 8 + "x", "password_too_long"),
        ("wanglan 2026 spring", "password_holds_login"),
        ("my WANGLAN 2026 spring", "password_holds_login"),
        ("aaaaaaaaaaaaaaaa", "password_too_common"),
        ("ababababababab", "password_too_common"),
        ("135792468013579", "password_too_common"),
        ("123456789012", "password_too_common"),
        ("13812345678901", "password_too_common"),
        ("qwertyuiopasdf", "password_too_common"),
        ("abcdefghijklm", "password_too_common"),
        ("mlkjihgfedcba", "password_too_common"),
        ("1qaz2wsx3edc", "password_too_common"),
        ("abc123abc123abc123", "password_too_common"),
        ("password1234", "password_too_common"),
        ("P@ssw0rd!2026", "password_too_common"),
        ("12345password!", "password_too_common"),
        ("Suifang@20261122", "password_too_common"),
        ("woaizhongguo1949", "password_too_common"),
        ("weishengyuan#01", "password_too_common"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str | None) -> None:
    try:
        check(password, "wanglan")
        found = None
    except Refusal as refusal:
        found = refusal.code
    assert found == code


def test_exactly_twelve_and_exactly_128_characters_are_taken() -> None:
    check("河边的 oak tree", "x" * 5)
    check(("河边的 oak tree, " * 10)[:128], "zzzzz")


def test_the_same_password_from_another_keyboard_is_the_same() -> None:
    assert normalise("ｐａｓｓ　ｗｏｒｄ") == "pass word"
    assert normalise("e\u0301") == normalise("\u00e9")


@pytest.mark.parametrize(
    ("age", "expired"),
    [(timedelta(0), False), (timedelta(days=7), False), (timedelta(days=7, seconds=1), True)],
)
def test_a_one_time_password_lasts_a_week(age: timedelta, expired: bool) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert one_time_expired(now - age, now) is expired
    assert one_time_expired(None, now) is True
