"""A calendar as phones subscribe to it (RFC 5545): text, CRLF, lines of at most 75 octets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from backend.clinic.model import CalendarEntry
from backend.kernel.clock import SHANGHAI

_WIDTH = 75


def calendar(name: str, entries: Iterable[CalendarEntry], now: datetime) -> bytes:
    """A calendar with its entries.

    Clock times are written in UTC: China has had one zone and no summer time since 1992, and a zone
    of our own would be one thing more that old calendars misread.

    :param name: shown by the calendar program
    :param now: the instant the calendar was made
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Suifang//Family//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    for entry in entries:
        lines += _event(entry, now)
    lines.append("END:VCALENDAR")
    return b"".join(folded + b"\r\n" for line in lines for folded in _folded(line))


def _event(entry: CalendarEntry, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.key}@suifang"
    yield f"DTSTAMP:{_utc(now)}"
    if entry.starts and entry.ends:
        yield f"DTSTART:{_utc(_at(entry.on, entry.starts))}"
        yield f"DTEND:{_utc(_at(entry.on, entry.ends))}"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(entry.title)}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    if entry.notes:
        yield f"DESCRIPTION:{_text(entry.notes)}"
    yield "TRANSP:TRANSPARENT"
    yield from (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-P1D",
        f"DESCRIPTION:{_text(entry.title)}",
        "END:VALARM",
        "END:VEVENT",
    )


def _at(on: date, clock: str) -> datetime:
    return datetime.combine(on, time.fromisoformat(clock), SHANGHAI)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[bytes]:
    """A line in pieces of at most 75 octets; no character is cut in two (§3.1)."""
    piece = b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > _WIDTH:
            yield piece
            piece = b" "
        piece += octets
    yield piece
