"""Which clinic day a child goes to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from backend.clinic.model import ClinicDay
from backend.geo.rules import covers

FAR_AHEAD = timedelta(days=62)
"""A clinic day further off is not told: it would be read as the appointment."""


def day_for(days: Iterable[ClinicDay], village_code: str, on: date) -> ClinicDay | None:
    """The first clinic day for a village's children on or after a day; its own before the
    township's on the same day.
    """
    fit = [
        day
        for day in days
        if covers(day.area_code, village_code) and on <= day.on <= on + FAR_AHEAD
    ]
    return min(
        fit, key=lambda day: (day.on, day.area_code != village_code, day.starts), default=None
    )
