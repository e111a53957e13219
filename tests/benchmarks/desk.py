"""``python -m tests.benchmarks.desk [SUBMISSIONS]``: the desk of a county with a million records.

On PostgreSQL: the first view of the queue for a township and for the county, a later page, a list
of 250 submissions, and 10,000 rows of CSV. Floors: the same question to an empty table, and the
same cells written without asking what they are.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text

from backend.app import create_app
from backend.exports import service as exports
from backend.exports.model import Mark, Wanted
from backend.exports.writing import csv_parts
from backend.house import House
from backend.kernel.clock import system_clock
from backend.kernel.ids import new_id
from tests.benchmarks import report
from tests.benchmarks.figures import ANSWERS, CSV_ROWS, bare_csv, seconds
from tests.benchmarks.report import Figure, percentile
from tests.benchmarks.server import fresh
from tests.builders.accounts import Page
from tests.builders.areas import COUNTY, TOWNSHIP
from tests.builders.county import make_people
from tests.builders.residents import make_household, make_resident
from tests.builders.settings import make_settings
from tests.conftest import fill_template

ROUNDS = 20
PEOPLE = 2_000
WAITING = 0.1
"""Share of the records that nobody has decided on yet."""

_FILL = text(
    """
    INSERT INTO submissions (
        county_code, id, township_code, village_code, form_key, form_version, service,
        subject_kind, subject_id, household_id, worker_id, device_id, visit_date, visit_mode,
        visit_outcome, state, version_id, version_no, answers, flag_count, priority,
        finalised_at, received_at)
    SELECT CAST(:county AS text), id, CASE WHEN village < 15 THEN CAST(:township AS text) ELSE
            substr(CAST(:county AS text), 1, 6) || lpad((1 + village / 15)::text, 3, '0')
            || '000' END,
        CASE WHEN village < 15 THEN substr(CAST(:township AS text), 1, 9) ELSE
            substr(CAST(:county AS text), 1, 6) || lpad((1 + village / 15)::text, 3, '0') END
            || lpad((200 + village % 15)::text, 3, '0'),
        (ARRAY['htn_followup', 'dm_followup', 'household_visit', 'elderly_check', 'bp_reading'])
            [1 + n % 5], 1, 'hypertension', 'resident',
        (CAST(:people AS uuid[]))[1 + n % CAST(:count AS int)],
        CAST(:home AS uuid), CAST(:doctor AS uuid),
        CAST(:doctor AS uuid), DATE '2026-11-20' - n % 400, '2', '1',
        CASE WHEN n % 1000 < 1000 * CAST(:waiting AS float) THEN 'received' ELSE 'approved' END,
        id, 1,
        CAST(:answers AS jsonb), (n % 7 = 0)::int, CASE WHEN n % 7 = 0 THEN 10 * (n % 4) ELSE 0 END,
        now(), now() - make_interval(secs => n)
    FROM (SELECT n, gen_random_uuid() AS id, (n::bigint * 7919 % 300)::int AS village
          FROM generate_series(1, CAST(:size AS int)) AS n) AS made
    """
)


def main(arguments: list[str]) -> int:
    """Measure and print what came out."""
    size = int(arguments[0]) if arguments else 1_000_000
    print(report.table(list(figures(size)), report.machine()))
    return 0


def figures(size: int) -> Iterator[Figure]:
    """Milliseconds of what a reviewer waits for, seconds of what is taken out."""
    with fresh("postgresql") as place:
        fill_template(place.url, place.var)
        app = create_app(make_settings(place.var, place.url), system_clock)
        people = make_people(app)
        house: House = app.extensions["suifang"]
        asked = _asked(people.reviewer, people.supervisor)
        floors = {name: _times(ask) for name, ask in asked.items()}
        _fill(house, people.doctor.account.id, size)
        told = {"submissions": size, "waiting": int(size * WAITING), "rounds": ROUNDS}
        for name, ask in asked.items():
            times = _times(ask)
            for share in (0.5, 0.95):
                floor = percentile(floors[name], share)
                title = f"desk_{name}_p{round(share * 100)}_ms"
                yield Figure(title, percentile(times, share), "ms", floor, told)
        last = seconds(lambda: _csv(house))
        best = min(last, *(seconds(lambda: _csv(house)) for _ in range(4)))
        yield Figure(f"desk_csv_{CSV_ROWS}_first_s", last, "s", None, told)
        yield Figure(f"desk_csv_{CSV_ROWS}_s", best, "s", seconds(bare_csv), told)
        house.engine.dispose()


def _asked(reviewer: Page, supervisor: Page) -> dict[str, Callable[[], Any]]:
    waiting = "/submissions?state=received&state=corrected"
    return {
        "queue_township": lambda: reviewer.get(waiting),
        "queue_county": lambda: supervisor.get(waiting),
        "page_7_county": lambda: _far(supervisor, waiting),
        "list_250": lambda: reviewer.get("/submissions?state=approved&limit=250"),
    }


_places: dict[str, str] = {}


def _far(page: Page, path: str) -> None:
    """A later page; the way there is walked once."""
    for _ in range(0 if path in _places else 6):
        found = page.get(path + (f"&cursor={_places[path]}" if path in _places else "")).json
        if found["next_cursor"] is None:
            return
        _places[path] = found["next_cursor"]
    if path in _places:
        page.get(f"{path}&cursor={_places[path]}")


def _times(ask: Callable[[], Any]) -> list[float]:
    ask()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _fill(house: House, doctor: str, size: int) -> None:
    with house.write() as session:
        home = make_household(house, session).id
        people = [make_resident(house, session, household_id=home).id for _ in range(PEOPLE)]
    with house.engine.begin() as connection:
        connection.execute(
            _FILL,
            {
                "county": COUNTY, "township": TOWNSHIP, "people": people, "count": len(people),
                "home": home, "doctor": doctor, "waiting": WAITING, "size": size,
                "answers": orjson.dumps(ANSWERS).decode(),
            },
        )  # fmt: skip
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE submissions")


def _csv(house: House) -> None:
    mark = Mark(new_id(), "x", house.clock(), "bench")
    wanted = Wanted("htn_followup", [COUNTY], date(2000, 1, 1), date(2100, 1, 1))
    with house.read() as session:
        what = exports.prepare(session, wanted)
        if what is None:
            raise RuntimeError("the form was never published")
        rows = exports.rows(session, house.vault, what, what.tables[0], mark)
        some = (row for row, _ in zip(rows, range(CSV_ROWS), strict=False))
        for _ in csv_parts(what.tables[0], some):
            pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
