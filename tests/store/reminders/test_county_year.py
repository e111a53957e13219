"""Some weeks of a small county: everybody is told in time, nobody twice, whatever dies meanwhile.

The whole year of 20,000 residents is ``python -m tests.benchmarks.county_year``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.house import build_house
from backend.kernel.clock import system_clock
from tests.benchmarks.county.model import Size, Totals
from tests.benchmarks.county.people import County
from tests.benchmarks.county_year import live
from tests.builders.areas import make_county
from tests.builders.settings import SECRETS, make_settings
from tests.databases import Database
from tests.fakes.push_server import running_push_server
from tests.fakes.sms_server import running_sms_server

WEEKS = Size(
    residents=60, patients=40, births=28, days=14, kills=0.03, outages=(8,), born_before=26
)
YEAR = Size(residents=2_000, patients=300, births=60)


def run(database: Database, engine: Engine, var: Path, size: Size, seed: int) -> Totals:
    with running_push_server() as push, running_sms_server(SECRETS.sms) as sms:
        settings = make_settings(var, database.url, push_test=push.origin, sms_url=sms.url)
        house = build_house(settings, engine, system_clock)
        with house.write() as session:
            make_county(session)
        return live(County(house, database.url, size, push, sms, seed), var)


def kept(totals: Totals) -> None:
    print(totals)
    assert totals.faults == []
    assert totals.kills > 0
    assert totals.sms > 0
    assert totals.mornings == totals.digests > 0
    assert totals.steps_told > 0
    assert totals.visits_told > 0


@pytest.mark.sqlite_only("on PostgreSQL the year runs in make faults, and by hand")
def test_weeks_of_a_small_county(database: Database, engine: Engine, tmp_path: Path) -> None:
    kept(run(database, engine, tmp_path, WEEKS, seed=7))


@pytest.mark.faults
def test_a_year_of_a_county(database: Database, engine: Engine, tmp_path: Path) -> None:
    kept(run(database, engine, tmp_path, YEAR, seed=2026))
