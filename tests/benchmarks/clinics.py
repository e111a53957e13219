"""``python -m tests.benchmarks.clinics``: the vaccination clinics of one county of 20,000 children.

The night's forecast of everybody, and what the desk then asks: the county's doses, a village's
list, a township's school check. On SQLite; wall time, with the machine in the table.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import create_engine, insert

from backend import tables
from backend.app import create_app
from backend.clinic import service as clinic
from backend.commands.forms import publish_all
from backend.geo.rules import county_of
from backend.house import House
from backend.jobs import plan_clinics
from backend.kernel.clock import local_date
from backend.kernel.dates import add_months
from backend.kernel.db import Base, prepare_engine
from backend.kernel.ids import new_id
from backend.sample.generate.doses import given
from tests.benchmarks import report
from tests.benchmarks.report import Figure, percentile
from tests.builders.settings import make_settings
from tests.unit.immunization.editions import BODY

CHILDREN = 20_000
VILLAGES = 200
TOWNSHIPS = 18
ROUNDS = 5
COUNTY = "990123000000"


def main() -> int:
    """Measure and print what came out."""
    with tempfile.TemporaryDirectory(prefix="suifang-clinics-") as folder:
        figures = list(_figures(Path(folder)))
    print(report.table(figures, report.machine()))
    return 0


def _figures(folder: Path) -> Iterator[Figure]:
    house = _house(folder)
    today = local_date(house.clock())
    told = {"children": CHILDREN, "villages": VILLAGES, "rounds": ROUNDS}
    doses = _fill(house, today)
    began = time.perf_counter()
    planned = plan_clinics(house, house.clock())
    night = time.perf_counter() - began
    yield Figure("clinics_night_s", night, "s", None, {**told, "doses": doses, "planned": planned})
    yield Figure("clinics_child_ms", 1000 * night / planned, "ms a child", None, told)

    week = today + timedelta(days=6)
    village, township = _village(0), _village(0)[:9] + "000"
    born = (add_months(today, -48), add_months(today, -36))
    with house.read() as session:
        for name, work in (
            ("county_expected", lambda: clinic.expected(session, [COUNTY], week, today)),
            ("village_list", lambda: _live(house, [village], clinic.born_after(today), today)),
            ("township_school", lambda: _live(house, [township], *born)),
        ):
            yield Figure(f"clinics_{name}_ms", _median_ms(work), "ms", None, told)


def _live(house: House, areas: list[str], born_from: date, born_to: date) -> int:
    today = local_date(house.clock())
    with house.read() as session:
        children = clinic.children_born(session, areas, born_from, born_to, CHILDREN)
        return len(clinic.waiting_of(session, children, today, today + timedelta(days=6)))


def _median_ms(work: Callable[[], object]) -> float:
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - began))
    return percentile(found, 0.5)


def _house(folder: Path) -> House:
    url = f"sqlite:///{folder / 'clinics.sqlite3'}"
    app = create_app(make_settings(folder, url))
    house: House = app.extensions["suifang"]
    Base.metadata.create_all(prepare_engine(create_engine(url)))
    with app.app_context(), house.write() as session:
        publish_all(session, house)
    return house


def _village(number: int) -> str:
    return f"990123{100 + number % TOWNSHIPS:03}{200 + number // TOWNSHIPS:03}"


def _fill(house: House, today: date) -> int:
    """Children from birth to seven, with the doses that the sample's families would have had."""
    rng = Random(20261123)  # noqa: S311
    people, doses = [], []
    for number in range(CHILDREN):
        born = today - timedelta(days=rng.randrange(7 * 365))
        child, village, sex = new_id(), _village(number % VILLAGES), rng.choice("12")
        people.append(
            {
                "id": child, "county_code": county_of(village), "village_code": village,
                "name": "张三", "pinyin": "zhang san", "initials": "zs", "sex": sex,
                "birth_date": born, "status": "1", "details": {},
                "created_at": house.clock(), "updated_at": house.clock(),
            }
        )  # fmt: skip
        doses += [
            {"id": new_id(), "resident_id": child, "village_code": village, "vaccine": vaccine,
             "given_on": on}
            for vaccine, _, on in given(born, sex, BODY, today, rng)
        ]  # fmt: skip
    with house.write() as session:
        session.execute(insert(tables.residents.ResidentRow), people)
        session.execute(insert(tables.immunization.DoseRow), doses)
    return len(doses)


if __name__ == "__main__":
    raise SystemExit(main())
