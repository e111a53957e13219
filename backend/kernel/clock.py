"""Where time comes in. Rules never call this; they are handed a date or an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The one time zone of every date in this house."""


class Clock(Protocol):
    """Anything that tells the present instant, aware, in UTC."""

    def __call__(self) -> datetime: ...


def system_clock() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """The calendar day of an instant in China."""
    return instant.astimezone(SHANGHAI).date()


def iso(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and ``Z``: the one written form of an instant."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant.

    :raises ValueError: when the text is no instant or names no offset
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant
