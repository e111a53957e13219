"""The doctor hears of a doubt first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.review.model import Signal

DOCTOR_FIRST = timedelta(days=3)


def told_to_township(
    found: Sequence[Signal], seen_at: datetime | None, now: datetime
) -> tuple[Signal, ...]:
    """The signals that the township's staff see: those that the doctor has looked at, or could have
    for three days.
    """
    return tuple(
        one
        for one in found
        if one.since is not None
        and (now - one.since >= DOCTOR_FIRST or (seen_at is not None and seen_at >= one.since))
    )


def lasting(found: Sequence[Signal], before: Sequence[Signal], now: datetime) -> tuple[Signal, ...]:
    """Signals with the instant since which they are there without a break."""
    since = {one.kind: one.since for one in before}
    return tuple(
        Signal(one.kind, one.domain, one.strength, one.evidence, since.get(one.kind) or now)
        for one in found
    )
