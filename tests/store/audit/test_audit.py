"""The audit: written with the change, never rewritten, on both databases (S42)."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.audit import service as audit
from backend.audit.model import Actor
from backend.house import House
from backend.kernel.ids import new_id
from tests.builders.areas import VILLAGE

DOCTOR = new_id()


def write(house: House, action: str = "resident_read", object_id: str = "r1") -> None:
    with house.write() as session:
        audit.record(
            session,
            Actor("worker", DOCTOR, None),
            action,
            "resident",
            object_id,
            area_code=VILLAGE,
            detail={"fields": ["phone"], "张": None},
            now=house.clock(),
            request_id="q1",
        )


def test_what_was_done_is_told_in_order(house: House) -> None:
    write(house, "resident_read")
    write(house, "phone_shown")
    write(house, "resident_read", "r2")
    with house.read() as session:
        found = audit.of_object(session, "resident", "r1")
        assert [entry.action for entry in found] == ["resident_read", "phone_shown"]
        assert found[0].seq < found[1].seq
        assert found[0].detail == {"fields": ["phone"], "张": None}
        assert found[0].at == house.clock()
        assert [entry.object_id for entry in audit.by_actor(session, DOCTOR)] == ["r1", "r1", "r2"]
        assert len(audit.of_action(session, "phone_shown")) == 1


def test_no_change_no_row(house: House) -> None:
    class Regret(Exception):
        pass

    with pytest.raises(Regret), house.write() as session:
        audit.record(
            session, audit.SYSTEM, "x", "y", None,
            area_code=None, detail={}, now=house.clock(), request_id=None,
        )  # fmt: skip
        raise Regret
    with house.read() as session:
        assert audit.of_action(session, "x") == []


COLUMNS = [
    "seq", "at", "actor_id", "actor_kind", "device_id", "action", "object_kind", "object_id",
    "area_code", "detail", "request_id",
]  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_sec_s42_no_fact_can_be_changed(house: House, column: str) -> None:
    write(house)
    with pytest.raises(DBAPIError, match="append-only"), house.write() as session:
        session.execute(text(f"UPDATE audit SET {column} = {column}"))  # noqa: S608


def test_sec_s42_nothing_can_be_removed(house: House) -> None:
    write(house)
    with pytest.raises(DBAPIError, match="append-only"), house.write() as session:
        session.execute(text("DELETE FROM audit"))


@pytest.mark.postgresql_only(reason="SQLite has no TRUNCATE")
def test_sec_s42_nor_all_of_it(house: House) -> None:
    write(house)
    with pytest.raises(DBAPIError, match="append-only"), house.write() as session:
        session.execute(text("TRUNCATE audit"))


def test_sec_s42_a_row_is_sealed_once(house: House) -> None:
    write(house)
    seal = text("UPDATE audit SET previous_hash = :h, hash = :h")
    with house.write() as session:
        session.execute(seal, {"h": "0" * 64})
    with pytest.raises(DBAPIError, match="append-only"), house.write() as session:
        session.execute(seal, {"h": "1" * 64})
