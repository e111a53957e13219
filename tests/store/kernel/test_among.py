"""One statement for however many values, and the index is used."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from backend import tables
from backend.house import House
from backend.kernel.among import among
from backend.kernel.db import by_id, rows_by_id, table_of
from backend.submissions.store import turns
from backend.submissions.tables import TurnRow

TURNS = table_of(TurnRow)


def taken(house: House, *ids: str) -> None:
    with house.write() as session:
        turns.take(session, ids)


def test_the_rows_asked_for_are_found(house: House) -> None:
    taken(house, "a", "b", "b'\"]", "张")
    found = select(TURNS.c.id).where(among(TURNS.c.id, "ids")).order_by(TURNS.c.id)
    with house.read() as session:
        for ids in ([], ["a"], ["a", "b'\"]", "张", "nobody"]):
            assert session.scalars(found, {"ids": ids}).all() == [i for i in ids if i != "nobody"]


def test_whole_numbers_are_compared_as_numbers(house: House) -> None:
    taken(house, "a")
    taken(house, "a", "b")
    found = select(TURNS.c.id).where(among(TURNS.c.taken, "counts"))
    with house.read() as session:
        assert session.scalars(found, {"counts": [2, 10]}).all() == ["a"]


@pytest.mark.sqlite_only(reason="PostgreSQL scans a small table whatever the statement")
def test_sqlite_looks_into_the_index(engine: Engine) -> None:
    statement = by_id(tables.followups.TaskRow, "subject_id").compile(engine)
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("[]",)).all()
    assert "SEARCH tasks USING INDEX" in plan[0][3]


@pytest.mark.postgresql_only(reason="SQLite plans nothing ahead")
def test_what_was_prepared_outlives_a_reading(house: House) -> None:
    asked = by_id(TurnRow)
    for several in range(12):
        with house.read() as session:
            rows_by_id(session, asked, [str(one) for one in range(several + 1)])
    with house.read() as session:
        prepared = session.connection().exec_driver_sql(
            "SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, 'FROM turns') > 0"
        )
        assert prepared.scalar() == 1


def test_a_turn_knows_that_an_envelope_is_held_for_it(house: House) -> None:
    with house.write() as session:
        turns.take(session, ["a", "b"])
        turns.await_(session, ["b"])
    with house.write() as session:
        again = turns.take(session, ["a", "b", "c"])
    assert {key for key, turn in again.items() if turn.is_awaited} == {"b"}
    assert [again[key].taken for key in "abc"] == [2, 2, 1]
