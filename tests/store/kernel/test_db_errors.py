"""What a database error means, from the databases themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from backend.kernel.db import prepare_engine
from backend.kernel.db_errors import meaning
from tests.databases import Cluster, Database


def raised(work: Callable[[], object]) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught:
        work()
    return caught.value


def run(engine: Engine, *statements: str) -> Callable[[], None]:
    def work() -> None:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    return work


def test_a_missing_table_is_our_defect(engine: Engine) -> None:
    assert meaning(raised(run(engine, "SELECT * FROM nowhere"))) == "defect"


def test_a_broken_rule_is_our_defect(engine: Engine) -> None:
    insert = "INSERT INTO server_state (key, value) VALUES ('k', 'v')"
    assert meaning(raised(run(engine, insert, insert))) == "defect"


@pytest.mark.sqlite_only(reason="its own errors")
def test_a_second_writer_on_sqlite_finds_it_busy(engine: Engine, database: Database) -> None:
    impatient = prepare_engine(create_engine(database.url, poolclass=NullPool))
    event.listen(
        impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=1")
    )
    with engine.connect().execution_options(writes=True) as writer:
        writer.execute(text("SELECT 1"))
        change = run(impatient, "UPDATE server_state SET value = value")
        assert meaning(raised(change)) == "busy"


@pytest.mark.sqlite_only(reason="its own errors")
def test_a_full_sqlite_has_no_room(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.execute(
            text("INSERT INTO server_state VALUES ('k', :v)"), {"v": "x" * 1_000_000}
        )
    assert meaning(caught.value) == "full"


@pytest.mark.sqlite_only(reason="its own errors")
def test_a_read_only_sqlite_keeps_nothing(database: Database) -> None:
    path = database.url.removeprefix("sqlite:///")
    readonly = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", poolclass=NullPool)
    change = run(readonly, "UPDATE server_state SET value = value")
    assert meaning(raised(change)) == "failing"


@pytest.mark.postgresql_only(reason="its own errors")
def test_a_killed_backend_is_gone(engine: Engine) -> None:
    kill = "SELECT pg_terminate_backend(pg_backend_pid())"
    assert meaning(raised(run(engine, kill))) == "gone"


@pytest.mark.postgresql_only(reason="its own errors")
def test_a_server_that_is_not_there_is_gone(cluster: Cluster, database: Database) -> None:
    nobody = create_engine(cluster.url("no_such_database"), poolclass=NullPool)
    assert meaning(raised(run(nobody, "SELECT 1"))) == "gone"
    assert database.kind == "postgresql"


@pytest.mark.postgresql_only(reason="its own errors")
def test_a_statement_that_took_too_long_is_busy(engine: Engine) -> None:
    slow = run(engine, "SET LOCAL lock_timeout = '1ms'", "LOCK TABLE server_state")
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE server_state"))
        assert meaning(raised(slow)) == "busy"


class FromPostgres(psycopg.Error):
    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.sqlstate = state  # type: ignore[misc]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("40001", "conflict"),
        ("40P01", "conflict"),
        ("55P03", "busy"),
        ("57014", "busy"),
        ("53300", "busy"),
        ("53100", "full"),
        ("25006", "failing"),
        ("58030", "failing"),
        ("08006", "gone"),
        ("57P01", "gone"),
        ("57P03", "gone"),
        ("23505", "defect"),
        ("22P05", "defect"),
    ],
)
def test_states_of_postgresql(state: str, expected: str) -> None:
    assert meaning(DBAPIError("SELECT 1", {}, FromPostgres(state))) == expected


def test_an_error_of_the_driver_without_a_name_is_a_defect() -> None:
    assert meaning(DBAPIError("SELECT 1", {}, sqlite3.ProgrammingError("closed"))) == "defect"
