"""Fixtures that every kind of test shares.

======================= ============================================================================
``clock``               stands at Monday 2026-11-23 10:00 in China; ``clock.advance(minutes=11)``
``database``            a migrated database of this test's own; on SQLite, then on PostgreSQL
``engine``              its engine, prepared as in the house
``write_session``       a session that holds the write lock; nothing is kept unless committed
``session``             a session for reading what was committed
``settings``            settings of an installation on that database
``app`` ``house``       the application on it, with ``clock``
``client``              a browser that nobody is signed in on: https, cookies, our own origin
``county``              a small county with its people, each with a page that is signed in:
                        ``county.doctor.get("/tasks")``, ``county.reviewer.post("/x", {...})``
======================= ============================================================================

A test that asks for any of the latter runs twice. ``@pytest.mark.sqlite_only`` or
``@pytest.mark.postgresql_only``, with a reason, keeps it to one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from werkzeug.routing import Rule

from backend.app import create_app
from backend.commands.forms import publish_all
from backend.feed import service as feed
from backend.house import House
from backend.kernel.db import begin_write, prepare_engine
from backend.settings import Settings
from tests.builders.accounts import browser
from tests.builders.county import County, make_people
from tests.builders.settings import make_settings
from tests.databases import Cluster, Database, in_memory, locked, shared_cluster
from tests.fakes.clock import MORNING, FakeClock

TEMPLATE = "suifang_template"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests of one database off the other; mark what needs PostgreSQL."""
    kept = []
    for item in items:
        kind = getattr(item, "callspec", None) and item.callspec.params.get("database")
        if kind == "postgresql":
            item.add_marker("postgresql")
        other = {"sqlite": "postgresql_only", "postgresql": "sqlite_only"}.get(kind or "")
        if other is None or item.get_closest_marker(other) is None:
            kept.append(item)
    items[:] = kept


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield FakeClock(traveller)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run know."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


def fill_template(url: str, var: Path) -> None:
    """Bring an empty database to where ``flask setup`` leaves it."""
    app = create_app(make_settings(var, url))
    with app.app_context():
        upgrade()
        here: House = app.extensions["suifang"]
        with here.write() as session:
            feed.ensure_epoch(session)
            publish_all(session, here)
        here.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A migrated SQLite file, to be copied."""
    file = shared_folder / "template.sqlite3"
    with locked(shared_folder / "sqlite"):
        if not file.exists():
            draft = shared_folder / "draft.sqlite3"
            fill_template(f"sqlite:///{draft}", shared_folder)
            draft.rename(file)
    return file


@pytest.fixture(scope="session")
def cluster(shared_folder: Path) -> Iterator[Cluster]:
    """The run's PostgreSQL, with a migrated template."""
    with shared_cluster(shared_folder / "postgresql") as cluster:
        with locked(shared_folder / "postgresql"):
            if not cluster.has(TEMPLATE):
                cluster.create(TEMPLATE)
                fill_template(cluster.url(TEMPLATE), shared_folder)
        yield cluster


_numbers = iter(range(1, 10**6))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        with tempfile.TemporaryDirectory(prefix="suifang-sqlite-", dir=in_memory()) as folder:
            file = Path(folder) / "suifang.sqlite3"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
            yield Database("sqlite", f"sqlite:///{file}")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"test_{os.getpid()}_{next(_numbers)}"
    cluster.create(name, TEMPLATE)
    yield Database("postgresql", cluster.url(name))
    cluster.drop(name)


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = prepare_engine(create_engine(database.url, poolclass=NullPool))
    yield engine
    engine.dispose()


@pytest.fixture
def write_session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        begin_write(session)
        yield session
        session.rollback()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session", autouse=True)
def routes_compiled_once() -> Iterator[None]:
    """Every test makes its own application, and each compiles the same 130 routes for a tenth of a
    second. What werkzeug makes of a rule hangs on its text alone, so it is made once.
    """
    compile_builder = Rule._compile_builder
    known: dict[Any, Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return make_settings(tmp_path, database.url)


@pytest.fixture
def app(settings: Settings, clock: FakeClock) -> Iterator[APIFlask]:
    app = create_app(settings, clock)
    app.testing = True
    yield app
    app.extensions["suifang"].engine.dispose()


@pytest.fixture
def house(app: APIFlask) -> House:
    found: House = app.extensions["suifang"]
    return found


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return browser(app)


@pytest.fixture
def county(app: APIFlask) -> County:
    return make_people(app)
