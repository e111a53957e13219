"""When people are told: the morning digest, and the quiet hours of families."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from backend.kernel.clock import SHANGHAI
from backend.kernel.holidays import NO_HOLIDAYS, Holidays

DIGEST_AT = time(7, 30)  # domain README, decision 9
DIGEST_LATEST = time(18)  # after an outage: a digest in the evening helps nobody [engineering]
DAY_FROM = time(8)
DAY_UNTIL = time(20)  # followup-rules §0: quiet hours 20:00-08:00 for families


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)


def digest_window(now: datetime) -> tuple[datetime, datetime] | None:
    """When today's digest is due and no longer worth sending; nothing outside of the day."""
    local = now.astimezone(SHANGHAI)
    if not DIGEST_AT <= local.time() < DIGEST_LATEST:
        return None
    return _at(local.date(), DIGEST_AT), _at(local.date(), DAY_UNTIL)


def family_window(now: datetime, holidays: Holidays = NO_HOLIDAYS) -> tuple[datetime, datetime]:
    """When a family may be told next, and until when: today, or tomorrow from 08:00 on; after the
    quiet days of a holiday."""
    local = now.astimezone(SHANGHAI)
    day = local.date() if local.time() < DAY_UNTIL else local.date() + timedelta(days=1)
    while holidays.is_quiet(day):
        day += timedelta(days=1)
    return max(now, _at(day, DAY_FROM)), _at(day, DAY_UNTIL)


def end_of_work(day: date) -> datetime:
    """When a day's telephoning is over."""
    return _at(day, DAY_UNTIL)


def start_of_day(now: datetime) -> datetime:
    """Midnight of the present day in China."""
    return _at(now.astimezone(SHANGHAI).date(), time(0))
