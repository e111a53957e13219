"""Slowing guesses down without locking anybody out (S12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.accounts.model import Throttle
from backend.accounts.rules.throttling import (
    Kind,
    charged,
    keys,
    network,
    relieved,
    wait_s,
)

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


NONE = Throttle(0, NOW, None)


def after(kind: Kind, attempts: int) -> Throttle:
    throttle = NONE
    for _ in range(attempts):
        throttle = charged(kind, throttle, NOW)
    return throttle


@pytest.mark.parametrize(
    ("kind", "attempts", "wait"),
    [
        ("account", 0, 0),
        ("account", 5, 0),
        ("account", 6, 10),
        ("account", 7, 20),
        ("account", 8, 40),
        ("account", 11, 300),
        ("account", 500, 300),
        ("device", 5, 0),
        ("device", 6, 5),
        ("device", 500, 60),
        ("address", 100, 0),
        ("address", 101, 1),
        ("address", 10_000, 20),
        ("enrolment", 5, 0),
        ("enrolment", 6, 10),
        ("enrolment", 500, 900),
    ],
)
def test_the_wait_grows_to_a_limit(kind: Kind, attempts: int, wait: int) -> None:
    assert wait_s(after(kind, attempts), NOW) == wait


def test_a_begun_second_is_waited_for() -> None:
    throttle = Throttle(9, NOW, NOW + timedelta(milliseconds=1))
    assert wait_s(throttle, NOW) == 1
    assert wait_s(throttle, NOW + timedelta(milliseconds=1)) == 0


def test_quiet_for_a_window_starts_the_count_anew() -> None:
    throttle = after("account", 8)
    assert charged("account", throttle, NOW + timedelta(minutes=59)).failures == 9
    assert charged("account", throttle, NOW + timedelta(hours=1, seconds=1)).failures == 1


def test_a_right_password_clears_the_account_but_not_the_address() -> None:
    account = after("account", 8)
    address = after("address", 150)
    assert relieved("account", account) is None
    left = relieved("address", address)
    assert left is not None
    assert left.failures == 149
    assert left.blocked_until == address.blocked_until


def test_a_village_that_signs_in_right_is_never_slowed() -> None:
    throttle = NONE
    for _ in range(1000):
        throttle = relieved("address", charged("address", throttle, NOW)) or NONE
    assert wait_s(throttle, NOW) == 0


def test_an_enrolled_phone_is_counted_by_itself() -> None:
    assert keys("wang", "phone-1", "10.0.0.1") == [("device", "phone-1")]
    assert keys("wang", None, "10.0.0.1") == [("account", "wang"), ("address", "10.0.0.1")]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_line_is_one_address(address: str, found: str) -> None:
    assert network(address) == found
