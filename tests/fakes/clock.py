"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday, 10:00 in China."""


class FakeClock:
    """The present instant, for everything that is handed a clock and for what looks itself.

    Libraries (the check of a token's expiry) read the interpreter's clock: it stands at the same
    instant while the test runs.
    """

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def __call__(self) -> datetime:
        return datetime.now(UTC)

    def set(self, instant: datetime) -> None:
        """Move to an instant."""
        self._traveller.move_to(instant)

    def advance(self, **span: float) -> datetime:
        """Move on, as in ``clock.advance(minutes=11)``; the new instant."""
        self._traveller.shift(timedelta(**span))
        return self()
