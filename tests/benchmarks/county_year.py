"""A county's year of reminders, with workers that are killed and a gateway that fails.

``python -m tests.benchmarks.county_year [sqlite|postgresql] [days]`` runs the whole: 20,000
residents, 900 with hypertension, 300 births, 3 worker processes, 365 days, and prints the totals. A
small share runs in ``make test``. Told to end (TERM), it ends its day and judges what there was.

The clock is an argument: each simulated day has some hours at which the workers do what huey would
have told them to. Push service and gateway are real servers on the loopback.
"""

from __future__ import annotations

import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine

from backend.house import build_house
from backend.kernel.db import prepare_engine
from tests.benchmarks import report
from tests.benchmarks.county.judging import judge
from tests.benchmarks.county.model import DAY, FIRST, Size, Totals, instant
from tests.benchmarks.county.people import County
from tests.benchmarks.county.workers import Workers
from tests.benchmarks.server import fresh
from tests.builders.areas import make_county
from tests.builders.settings import SECRETS, make_settings
from tests.fakes.push_server import running_push_server
from tests.fakes.sms_server import running_sms_server

HOURS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (2, 10, ("sweep", "send")),
    (7, 30, ("sweep", "send")),
    (8, 5, ("families", "owed", "calls", "sweep", "send")),
    (8, 15, ("sweep", "send")),
    (10, 0, ("sweep", "send")),
    (12, 10, ("sweep", "send")),
    (13, 5, ("families", "owed", "sweep", "send")),
    (16, 10, ("sweep", "send")),
    (19, 50, ("sweep", "send")),
    (20, 30, ("sweep", "send")),
    (23, 0, ("sweep", "send")),
)
"""What is done when. Planning falls to one worker, as huey gives it to one; all of them send."""

SILENT = (2, 20, 23)
"""Hours at which nothing may go out. They are looked at on every fifth day and beside outages."""
LOOKS_AT_NIGHT = 5


def live(county: County, var: Path) -> Totals:
    """Let the year pass. :returns: the totals, ``faults`` empty when every promise was kept"""
    county.settle()
    workers = Workers(county, var)
    try:
        for number in range(county.size.days):
            if county.told_to_end:
                break
            county.lived = number + 1
            today = FIRST + number * DAY
            county.now = instant(today, 0, 30)
            county.births(today)
            for hour, minute, names in HOURS:
                county.now = instant(today, hour, minute)
                if (hour, minute) == (7, 30):
                    county.morning(today)
                    county.owe(today)
                    county.vaccinate(today)
                if number in county.size.outages and hour < 13:
                    continue  # nobody works this morning
                if hour in SILENT and not _looks_at_night(county, number):
                    continue
                workers.tell(names)
                county.receipts_arrive()
                if hour == 16:
                    county.visit(today)
    finally:
        workers.end()
    return judge(county)


def _looks_at_night(county: County, number: int) -> bool:
    beside_outage = any(0 <= number - one <= 1 for one in county.size.outages)
    return beside_outage or number % LOOKS_AT_NIGHT == 0


# ── run by hand ──────────────────────────────────────────────────────────────────────────────────


def main(kind: str, days: int) -> int:
    """The whole year; the totals are printed."""
    begun = time.monotonic()
    with (
        fresh(kind) as place,
        running_push_server() as push,
        running_sms_server(SECRETS.sms) as sms,
    ):
        place.flask("setup")
        settings = make_settings(place.var, place.url, sms_url=sms.url)
        house = build_house(settings, prepare_engine(create_engine(settings.database_url)), _never)
        with house.write() as session:
            make_county(session)
        url = settings.database_url
        county = County(house, url, Size(days=days, births=300 * days // 365), push, sms, seed=2026)
        signal.signal(signal.SIGTERM, lambda *_: setattr(county, "told_to_end", True))
        totals = live(county, place.var)
    print(report.machine())
    print(f"{kind}, {county.lived} days in {time.monotonic() - begun:.0f} s\n{totals}")
    return 1 if totals.faults else 0


def _never() -> datetime:
    raise AssertionError("the county has its own clock")


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:2] or ["sqlite"])[0], int((sys.argv[2:3] or [365])[0])))
