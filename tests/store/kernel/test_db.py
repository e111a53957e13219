"""What both databases promise: instants, JSON, durability, and writers that stand in line."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, InternalError, PendingRollbackError, StatementError
from sqlalchemy.orm import Session

from backend import tables
from backend.house import House
from backend.kernel.db import begin_write
from backend.kernel.ids import new_id
from tests.builders.accounts import make_account
from tests.databases import Database
from tests.fakes.clock import MORNING


def area(code: str) -> tables.geo.AreaRow:
    return tables.geo.AreaRow(
        code=code, name="x", level="village", county_code=code, valid_from=MORNING.date()
    )


def test_an_instant_comes_back_in_utc(write_session: Session, session: Session) -> None:
    east = datetime(2026, 11, 23, 10, 0, 0, 123456, timezone(timedelta(hours=8)))
    write_session.add(
        tables.programmes.PolicyRow(
            id=new_id(), programme="p", area_code="1", from_on=MORNING.date(), parameters={}
        )
    )
    write_session.add(
        tables.submissions.ReceiptRow(
            id=(receipt := new_id()),
            device_id=new_id(),
            seq=1,
            sha256="0" * 64,
            county_code="1",
            status="stored",
            summary={"张": [1, 2.5, None, True]},
            received_at=east,
        )
    )
    write_session.commit()
    row = session.get_one(tables.submissions.ReceiptRow, receipt)
    assert row.received_at == east
    assert row.received_at.tzinfo is UTC
    assert row.summary == {"张": [1, 2.5, None, True]}


def test_an_instant_without_a_zone_is_never_stored(write_session: Session) -> None:
    row = area("1")
    write_session.add(row)
    write_session.flush()
    write_session.add(
        tables.accounts.LoginThrottleRow(
            key="k",
            failures=1,
            window_started_at=datetime(2026, 1, 1),  # noqa: DTZ001
        )
    )
    with pytest.raises(StatementError, match="time zone"):
        write_session.flush()


@pytest.mark.sqlite_only(reason="PostgreSQL's settings are its administrator's")
def test_sqlite_keeps_a_commit_on_disk(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_swallowed_duplicate_does_not_freeze_later_writes(house: House) -> None:
    with house.write() as session:
        session.add(area("1"))

    with pytest.raises(PendingRollbackError), house.write() as session:
        session.add(area("1"))
        with pytest.raises(IntegrityError):
            session.flush()
    with house.write() as session:
        session.add(area("2"))
    with house.read() as session:
        assert session.get(tables.geo.AreaRow, "2") is not None


def test_reading_leaves_nothing_behind(house: House) -> None:
    postgresql = house.engine.dialect.name == "postgresql"
    refused = pytest.raises(InternalError, match="read-only") if postgresql else nullcontext()
    with refused, house.read() as session:
        session.add(area("1"))
        session.flush()
    with house.read() as session:
        assert session.get(tables.geo.AreaRow, "1") is None


def test_two_writers_stand_in_line(house: House, database: Database) -> None:
    """Both read, then write: with a late lock one of them would fail on SQLite."""
    with house.write() as session:
        session.add(tables.feed.ServerStateRow(key="count", value="0"))
    failures: list[BaseException] = []

    def add_one() -> None:
        try:
            for _ in range(20):
                with house.write() as session:
                    lock = " FOR UPDATE" if database.kind == "postgresql" else ""
                    query = f"SELECT value FROM server_state WHERE key='count'{lock}"  # noqa: S608
                    value = int(session.execute(text(query)).scalar_one())
                    session.execute(
                        text("UPDATE server_state SET value=:v WHERE key='count'"),
                        {"v": str(value + 1)},
                    )
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with house.read() as session:
        count = session.execute(text("SELECT value FROM server_state WHERE key='count'"))
        assert count.scalar_one() == "80"


@pytest.mark.postgresql_only(reason="SQLite has one writer, who never meets another")
def test_a_deadlock_is_done_again_as_a_whole(house: House) -> None:
    with house.write() as session:
        session.add_all([area("1"), area("2")])
    first_lock = threading.Barrier(2)
    tries: list[str] = []

    def rename(order: tuple[str, str]) -> None:
        def work(session: Session) -> None:
            tries.append(order[0])
            session.get_one(tables.geo.AreaRow, order[0]).name = order[0]
            session.flush()
            if tries.count(order[0]) == 1:
                first_lock.wait(10)
            session.get_one(tables.geo.AreaRow, order[1]).name = order[0]
            session.flush()

        house.transact(work)

    threads = [threading.Thread(target=rename, args=(o,)) for o in (("1", "2"), ("2", "1"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tries) == 3
    with house.read() as session:
        names = {session.get_one(tables.geo.AreaRow, code).name for code in ("1", "2")}
    assert len(names) == 1


def test_a_foreign_key_is_held(house: House) -> None:
    with house.write() as session:
        account = make_account(house, session)
    with pytest.raises(IntegrityError), house.write() as session:
        session.add(tables.accounts.AccountAreaRow(account_id=new_id(), area_code="1"))
    with house.write() as session:
        session.add(tables.accounts.AccountAreaRow(account_id=account.id, area_code="1"))


def test_begin_write_comes_first(engine: Engine, database: Database) -> None:
    with Session(engine) as session:
        begin_write(session)
        if database.kind == "sqlite":
            other = engine.raw_connection()
            other.execute("PRAGMA busy_timeout=0")
            with pytest.raises(Exception, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()
