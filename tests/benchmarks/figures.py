"""``python -m tests.benchmarks.figures [SUBMISSIONS] [sqlite|postgresql]``: figures of a county.

A county of 300 villages with eight submissions a resident. Measured: counting everybody, following
a day's changes, the next morning's run for those whom the day changes, reading a month's figures of
the whole county. ``cpu``: this process's own time, of the same run; the fixed loop beside it says
how fast the machine was. Floor: the same rows read without a thought. What is listed and taken out
of such a county: :mod:`.desk`.
"""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, text

from backend import jobs, tables
from backend.app import create_app
from backend.feed import service as feed
from backend.geo import store as geo
from backend.geo.model import Area
from backend.house import House
from backend.indicators import service, store
from backend.kernel.clock import local_date, system_clock
from backend.kernel.db import table_of
from backend.kernel.ids import new_id
from tests.benchmarks import report
from tests.benchmarks.report import Figure, percentile
from tests.benchmarks.server import Place, fresh
from tests.builders.settings import make_settings
from tests.conftest import fill_template

COUNTY = "990200000000"
VILLAGES = [f"9902{town:02}100{village:03}" for town in range(20) for village in range(200, 215)]
EACH = 8
A_DAY = 2_000
CSV_ROWS = 10_000
AT_ONCE = 20_000
FORMS = ("htn_followup", "dm_followup", "household_visit", "elderly_check", "bp_reading")
ANSWERS: dict[str, Any] = {
    "visit_outcome": "1", "visit_mode": "2", "sbp": 134, "dbp": 82, "heart_rate": 71,
    "weight": 61.5, "height": 158, "bmi": 24.6, "symptoms": ["0"], "salt_now": "2",
    "check_kind": "1", "visit_result": "1", "fbg": 6.2, "adherence": "1", "fu_class": "1",
    "medications": [{"drug_name": "氨氯地平", "times_per_day": 1, "dose_each": 5}],
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure and print what came out."""
    size = int(arguments[0]) if arguments else 1_000_000
    kind = arguments[1] if len(arguments) > 1 else "sqlite"
    with fresh(kind) as place:
        print(report.table(list(_figures(place, size)), report.machine()))
    return 0


def _figures(place: Place, size: int) -> Iterator[Figure]:
    fill_template(place.url, place.var)
    tenth = system_clock().replace(day=10, hour=4)  # neither end nor beginning of a month
    settings = make_settings(place.var, place.url)
    house: House = create_app(settings, lambda: tenth).extensions["suifang"]
    rng = Random(7)  # noqa: S311
    residents = _fill(house, rng, size)
    told = {"submissions": size, "residents": len(residents), "villages": len(VILLAGES)}
    now = house.clock()

    floor = seconds(lambda: _read_everything(house))
    yield from _refreshed(place, "everybody", house, now, told, floor)
    _a_day(house, rng, residents)
    yield from _refreshed(place, "day", house, now, told)
    morning = now + timedelta(days=1)
    with house.read() as session:
        due = len(store.recounts_due(session, local_date(morning), size))
    yield from _refreshed(place, "morning", house, morning, told | {"due": due})
    yield Figure(f"{place.kind}_figures_read_p50_ms", _median_ms(
        lambda: _read(house)), "ms", _median_ms(lambda: _one_row(house)), told)  # fmt: skip
    house.engine.dispose()


def _refreshed(
    place: Place,
    what: str,
    house: House,
    now: datetime,
    told: dict[str, Any],
    floor: float | None = None,
) -> Iterator[Figure]:
    cpu = time.process_time()
    took = seconds(lambda: jobs.refresh_figures(house, now))
    cpu = time.process_time() - cpu
    told = told | {"fixed_loop_us": round(report.fixed_loop_us())}
    yield Figure(f"{place.kind}_figures_{what}_s", took, "s", floor, told)
    yield Figure(f"{place.kind}_figures_{what}_cpu_s", cpu, "s", None, told)


def _fill(house: House, rng: Random, size: int) -> list[tuple[str, str, str]]:
    now, today = house.clock(), local_date(house.clock())
    with house.write() as session:
        geo.save(session, Area(COUNTY, "县", "county", None), today)
        for code in VILLAGES:
            geo.save(session, Area(code, f"村{code[6:]}", "village", COUNTY), today)
    people: list[tuple[str, str, str]] = []
    homes: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    enrolled: list[dict[str, Any]] = []
    doctors = {code: new_id() for code in VILLAGES}
    newest: dict[str, str] = {}
    for number in range(size // EACH):
        village = VILLAGES[number % len(VILLAGES)]
        if village not in newest or rng.random() < 0.35:
            newest[village] = new_id()
            homes.append({
                "id": newest[village], "county_code": COUNTY, "village_code": village,
                "no": str(number),
                "address": "一组", "head_name": "张", "status": "1", "details": {},
                "responsible_worker_id": doctors[village], "created_at": now, "updated_at": now,
            })  # fmt: skip
        home = newest[village]
        who = new_id()
        people.append((who, village, home))
        rows.append({
            "id": who, "county_code": COUNTY, "village_code": village, "household_id": home,
            "name": "张秀英", "pinyin": "zhang xiu ying", "initials": "zxy", "sex": "2",
            "birth_date": today - timedelta(days=rng.randrange(8 * 365, 90 * 365)), "status": "1",
            "details": {}, "created_at": now, "updated_at": now,
        })  # fmt: skip
        if number % 5 == 0:
            enrolled.append({
                "id": new_id(), "resident_id": who, "village_code": village,
                "programme": "hypertension" if number % 10 else "diabetes",
                "since": date(today.year - 1, 3, 1), "updated_at": now,
            })  # fmt: skip
    _insert(house, tables.residents.HouseholdRow, homes)
    _insert(house, tables.residents.ResidentRow, rows)
    _insert(house, tables.programmes.EnrolmentRow, enrolled)
    for start in range(0, size, AT_ONCE):
        _insert(house, tables.submissions.SubmissionRow, [
            _submission(people[n % len(people)], rng, now)
            for n in range(start, min(size, start + AT_ONCE))
        ])  # fmt: skip
    if house.engine.dialect.name == "postgresql":
        with house.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    return people


def _submission(who: tuple[str, str, str], rng: Random, now: Any) -> dict[str, Any]:
    id_ = new_id()
    return {
        "county_code": COUNTY, "id": id_, "township_code": who[1][:9] + "000",
        "village_code": who[1], "form_key": rng.choice(FORMS), "form_version": 1,
        "service": "hypertension", "subject_kind": "resident", "subject_id": who[0],
        "household_id": who[2], "worker_id": id_, "device_id": id_,
        "visit_date": local_date(now) - timedelta(days=rng.randrange(400)), "visit_mode": "2",
        "visit_outcome": "1", "state": rng.choice(("received", "approved")), "version_id": id_,
        "version_no": 1, "answers": ANSWERS, "flag_count": 0, "priority": 0,
        "finalised_at": now, "received_at": now,
    }  # fmt: skip


def _insert(house: House, row: Any, values: list[dict[str, Any]]) -> None:
    for start in range(0, len(values), AT_ONCE):
        with house.write() as session:
            session.execute(insert(table_of(row)), values[start : start + AT_ONCE])


def _a_day(house: House, rng: Random, people: list[tuple[str, str, str]]) -> None:
    rows = [_submission(rng.choice(people), rng, house.clock()) for _ in range(A_DAY)]
    _insert(house, tables.submissions.SubmissionRow, rows)
    with house.write() as session:
        feed.changed(session, [("submission", r["id"], r["village_code"]) for r in rows])


def _read_everything(house: House) -> None:
    with house.read() as session:
        for _ in session.execute(
            text("SELECT subject_id, form_key, visit_date, state, answers FROM submissions")
        ):
            pass


def _read(house: House) -> None:
    today = local_date(house.clock())
    known = service.catalogue(house.settings.schemas)
    with house.read() as session:
        aims = service.aims(session, known, COUNTY, today.year)
        found = service.parts(
            session, [COUNTY], today.year, today.month, "village", aims, official=False
        )
        store.monthly(session, [COUNTY], today.year, official=False)
        service.before_today(session, [COUNTY], today)
    if not found.whole["record_use_rate"].due:
        raise RuntimeError("nothing was counted")


def _one_row(house: House) -> None:
    with house.read() as session:
        session.execute(text("SELECT 1")).all()


def bare_csv() -> None:
    """The cells of an export, written without asking what they are."""
    writer = csv.writer(io.StringIO())
    for _ in range(CSV_ROWS):
        writer.writerow(["x"] * 65)


def seconds(work: Callable[[], Any]) -> float:
    """How long a piece of work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _median_ms(work: Callable[[], Any]) -> float:
    return percentile([seconds(work) * 1000 for _ in range(15)], 0.5)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
