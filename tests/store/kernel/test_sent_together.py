"""What travels in one go is written like everything else, and fails like everything else."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from backend.house import House
from backend.kernel.db import sent_together, table_of
from backend.kernel.db_errors import meaning
from backend.submissions.tables import TurnRow

TURNS = table_of(TurnRow)


def written(house: House) -> list[str]:
    with house.read() as session:
        return list(session.scalars(select(TURNS.c.id).order_by(TURNS.c.id)))


def test_single_rows_and_many_are_written(house: House) -> None:
    with house.write() as session, sent_together(session):
        session.execute(insert(TURNS), [{"id": "a", "taken": 1}])
        session.execute(insert(TURNS), [{"id": "b", "taken": 1}, {"id": "c", "taken": 1}])
    assert written(house) == ["a", "b", "c"]


def test_what_was_sent_can_be_read_afterwards(house: House) -> None:
    with house.write() as session:
        with sent_together(session):
            session.execute(insert(TURNS), [{"id": "a", "taken": 1}])
        assert session.scalars(select(TURNS.c.taken)).all() == [1]


def test_a_refused_statement_is_an_error_of_the_database_and_leaves_nothing(house: House) -> None:
    def work() -> None:
        with house.write() as session, sent_together(session):
            session.execute(insert(TURNS), [{"id": "a", "taken": 1}])
            session.execute(insert(TURNS), [{"id": "a", "taken": 2}])
            session.execute(insert(TURNS), [{"id": "b", "taken": 1}])

    with pytest.raises(DBAPIError) as refused:
        work()
    assert meaning(refused.value) == "defect"
    assert written(house) == []


def test_the_session_lives_on_after_a_refusal(house: House) -> None:
    for _ in range(2):
        with (
            pytest.raises(DBAPIError),
            house.write() as session,
            sent_together(session),
        ):
            session.execute(insert(TURNS), [{"id": None, "taken": 1}])
    with house.write() as session, sent_together(session):
        session.execute(insert(TURNS), [{"id": "a", "taken": 1}])
    assert written(house) == ["a"]
