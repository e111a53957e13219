"""How often a spreadsheet may refresh."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.exports.model import CsvLink

WINDOW = timedelta(hours=1)
MOST = 20
"""Readings an hour: people refresh a few times, programs that loop are stopped [engineering]."""

LIFETIME = timedelta(days=366)


def counted(link: CsvLink, now: datetime) -> tuple[datetime, int] | None:
    """Beginning of the hour and readings in it, this one included; nothing when it is too often."""
    if now - link.window_started_at >= WINDOW:
        return now, 1
    if link.used_in_window >= MOST:
        return None
    return link.window_started_at, link.used_in_window + 1
