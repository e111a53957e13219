"""``python -m tests.benchmarks.queue``: the first view of a review queue of 100,000 submissions.

The whole answer of ``GET /submissions``, with names, flags and counts, as the desk asks for it; on
SQLite, for a township's reviewer and a county's supervisor. The floor is the same question to an
empty queue: what signing in, reading and writing an answer cost by themselves.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert

from backend.app import create_app
from backend.house import House
from backend.kernel.clock import system_clock
from backend.kernel.db import table_of
from backend.kernel.ids import new_id
from backend.submissions.tables import SubmissionRow
from tests.benchmarks import report
from tests.benchmarks.report import Figure, percentile
from tests.builders.accounts import Page
from tests.builders.areas import COUNTY, TOWNSHIP, VILLAGE
from tests.builders.county import make_people
from tests.builders.residents import make_household, make_resident
from tests.builders.settings import make_settings
from tests.conftest import fill_template

WAITING = 100_000
PEOPLE = 500
ROUNDS = 15


def main() -> int:
    """Measure and print what came out."""
    print(report.table(figures(), report.machine()))
    return 0


def figures() -> list[Figure]:
    """Median and the worst of the rounds, in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        var = Path(name)
        url = f"sqlite:///{var / 'queue.sqlite3'}"
        fill_template(url, var)
        app = create_app(make_settings(var, url), system_clock)
        county = make_people(app)
        house: House = app.extensions["suifang"]
        pages = {"township": county.reviewer, "county": county.supervisor}
        floors = {who: _views(page) for who, page in pages.items()}
        _fill(house, county.doctor.account.id)
        found = []
        for who, page in pages.items():
            times = _views(page)
            for share in (0.5, 0.95):
                title = f"queue_{who}_p{round(share * 100)}_ms"
                floor = percentile(floors[who], share)
                told = {"waiting": WAITING, "rounds": ROUNDS}
                found.append(Figure(title, percentile(times, share), "ms", floor, told))
        house.engine.dispose()
    return found


def _views(page: Page) -> list[float]:
    assert page.get("/submissions?state=received").status_code == 200
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        page.get("/submissions?state=received")
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _fill(house: House, doctor: str) -> None:
    rng, now = Random(1), house.clock()  # noqa: S311
    with house.write() as session:
        home = make_household(house, session).id
        people = [make_resident(house, session, household_id=home).id for _ in range(PEOPLE)]
        rows: list[dict[str, Any]] = []
        for no in range(WAITING):
            key = new_id()
            doubtful = rng.random() < 0.2
            rows.append(
                {
                    "id": key,
                    "county_code": COUNTY,
                    "township_code": TOWNSHIP,
                    "village_code": VILLAGE,
                    "form_key": "htn_followup",
                    "form_version": 1,
                    "service": "hypertension",
                    "subject_kind": "resident",
                    "subject_id": people[no % PEOPLE],
                    "household_id": home,
                    "worker_id": doctor,
                    "device_id": doctor,
                    "visit_date": (now - timedelta(days=no % 90)).date(),
                    "visit_mode": "2",
                    "visit_outcome": "1",
                    "state": "received",
                    "version_id": key,
                    "version_no": 1,
                    "answers": {"sbp": 120 + no % 50, "dbp": 80, "heart_rate": 72},
                    "flag_count": int(doubtful),
                    "priority": rng.choice((5, 10, 30, 40)) if doubtful else 0,
                    "finalised_at": now,
                    "received_at": now - timedelta(seconds=no),
                    "decided_at": None,
                }
            )
        session.execute(insert(table_of(SubmissionRow)), rows)


if __name__ == "__main__":
    sys.exit(main())
