"""Slowing guesses down without locking anybody out (S12, fault 64).

An attempt is counted before it is checked and taken back when it was right, so that many at once
gain nothing. What is counted depends on what is known:

- an enrolled phone that signs the request is counted by itself: strangers who guess at its
  doctor's password, or from behind the same address, do not slow it down;
- a caregiver's link is counted by itself: a birth date has some hundred likely values;
- everybody else is counted by account, and by address. A whole village stands behind one address,
  so an address is slowed late, and never for long.

Attempts made while waiting are refused without being counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Literal

from backend.accounts.model import Throttle

Kind = Literal["account", "device", "address", "enrolment", "family"]


@dataclass(frozen=True)
class Rule:
    """How one kind is slowed.

    :param free: failures in a window that cost nothing
    :param first: wait after the next one; it doubles with each
    :param longest: no wait is longer
    :param window: after so much quiet the count starts anew
    """

    free: int
    first: timedelta
    longest: timedelta
    window: timedelta


RULES: dict[Kind, Rule] = {
    "account": Rule(5, timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=1)),
    "device": Rule(5, timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=1)),
    "address": Rule(100, timedelta(seconds=1), timedelta(seconds=20), timedelta(minutes=10)),
    "enrolment": Rule(5, timedelta(seconds=10), timedelta(minutes=15), timedelta(hours=48)),
    "family": Rule(5, timedelta(minutes=1), timedelta(hours=6), timedelta(hours=48)),
}


def keys(login: str, signing_device: str | None, address: str) -> list[tuple[Kind, str]]:
    """What a sign-in is counted under."""
    if signing_device is not None:
        return [("device", signing_device)]
    return [("account", login), ("address", network(address))]


def network(address: str) -> str:
    """The address, or of IPv6 the /64 that one line is given."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))


def wait_s(throttle: Throttle, now: datetime) -> int:
    """Whole seconds until the next attempt is taken; 0 for now."""
    if throttle.blocked_until is None or throttle.blocked_until <= now:
        return 0
    return ceil((throttle.blocked_until - now).total_seconds())


def charged(kind: Kind, throttle: Throttle, now: datetime) -> Throttle:
    """The count with one attempt more."""
    rule = RULES[kind]
    if now - throttle.window_started_at > rule.window:
        return Throttle(1, now, None)
    failures = throttle.failures + 1
    over = failures - rule.free
    if over <= 0:
        return Throttle(failures, throttle.window_started_at, None)
    wait = min(rule.longest, rule.first * 2 ** min(over - 1, 20))
    # The window follows the failures: it ends after so much quiet, not in the midst of a siege.
    return Throttle(failures, now, now + wait)


def relieved(kind: Kind, throttle: Throttle) -> Throttle | None:
    """The count after an attempt turned out right: nothing, or for an address one less."""
    if kind != "address" or throttle.failures <= 1:
        return None
    failures = throttle.failures - 1
    over = failures > RULES[kind].free
    return Throttle(failures, throttle.window_started_at, throttle.blocked_until if over else None)
