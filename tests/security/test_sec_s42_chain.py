"""S42: whoever changes or removes a row of the audit is found out, with rights on the database too.

The triggers refuse it (tests/store/audit); here somebody has taken them away first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from hypothesis import given, strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import jobs
from backend.audit import service as audit, store
from backend.audit.model import Actor, AuditEntry, Broken, Link
from backend.audit.rules import BEGINNING, Chain, linked
from backend.house import House
from backend.kernel.canonical import sha256_hex
from tests.builders.areas import VILLAGE

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def write(house: House, *actions: str) -> None:
    with house.write() as session:
        for action in actions:
            audit.record(
                session, Actor("worker"), action, "resident", "r1",
                area_code=VILLAGE, detail={"字段": ["phone"], "n": 1.5, "x": None},
                now=house.clock(), request_id="q1",
            )  # fmt: skip


def verified(house: House, *heads: str) -> tuple[int, int, list[tuple[int | None, str]]]:
    with house.read() as session:
        found = audit.verify(session, house.audit_signature, *heads)
    return found.linked, found.unsealed, [(one.seq, one.how) for one in found.broken]


@pytest.fixture
def unguarded(house: House) -> Iterator[House]:
    """The audit with five sealed rows, without its triggers."""
    write(house, "a", "b", "c", "d", "e")
    assert jobs.seal_audit(house, NOW) == 5
    with house.write() as session:
        if house.engine.dialect.name == "sqlite":
            for name in ("audit_no_update", "audit_sealed_once", "audit_no_delete"):
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    return house


def tamper(house: House, statement: str) -> None:
    with house.write() as session:
        session.execute(text(statement))


def number(house: House, action: str) -> int:
    with house.read() as session:
        return audit.of_action(session, action)[0].seq


def test_sec_s42_what_was_written_is_sealed_once_and_holds(house: House) -> None:
    write(house, "a", "b")
    assert verified(house) == (0, 2, [])
    assert jobs.seal_audit(house, NOW) == 2
    assert jobs.seal_audit(house, NOW) == 0
    write(house, "c")
    assert verified(house) == (2, 1, [])
    assert jobs.seal_audit(house, NOW) == 1
    assert verified(house) == (3, 0, [])


@pytest.mark.parametrize(
    "change",
    [
        "actor_kind = 'supervisor'", "action = 'x'", "object_id = 'r2'", "area_code = NULL",
        "request_id = 'q2'", "object_kind = 'x'", "detail = '{}'",
    ],
)  # fmt: skip
def test_sec_s42_a_changed_row_is_found(unguarded: House, change: str) -> None:
    tamper(unguarded, f"UPDATE audit SET {change} WHERE action = 'c'")  # noqa: S608
    linked_, _, broken = verified(unguarded)
    assert (linked_, [how for _, how in broken]) == (5, ["changed"])


def test_sec_s42_a_removed_row_is_found(unguarded: House) -> None:
    following = number(unguarded, "d")
    tamper(unguarded, "DELETE FROM audit WHERE action = 'c'")
    assert verified(unguarded) == (2, 0, [(following, "torn")])


def test_sec_s42_a_cut_off_end_is_found(unguarded: House) -> None:
    with unguarded.read() as session:
        noted = audit.head(session)
    tamper(unguarded, "DELETE FROM audit WHERE action IN ('d', 'e')")
    assert verified(unguarded) == (3, 0, [(None, "cut_off")])
    # Also where the seals were cut off with it, for whoever noted the end elsewhere.
    tamper(unguarded, "DELETE FROM audit_seals")
    assert verified(unguarded) == (3, 0, [])
    assert verified(unguarded, noted) == (3, 0, [(None, "cut_off")])


def test_sec_s42_a_row_signed_without_the_key_is_found(unguarded: House) -> None:
    with unguarded.read() as session:
        (forged,) = audit.of_action(session, "e")
        before = store.heads(session)[-1]
    own = sha256_hex(b"whoever has the database, but not the key")
    tamper(unguarded, f"UPDATE audit SET hash = '{own}' WHERE action = 'e'")  # noqa: S608
    assert verified(unguarded)[2] == [(forged.seq, "changed"), (None, "cut_off")]
    assert before != own


def test_sec_s42_two_jobs_at_once_make_one_chain(house: House) -> None:
    write(house, "a")
    with house.read() as session:
        entries = store.unsealed(session, 10)
    links = linked(entries, BEGINNING, house.audit_signature)
    assert jobs.seal_audit(house, NOW) == 1
    with pytest.raises(IntegrityError), house.write() as session:
        store.seal(session, 1, links, NOW)
    assert verified(house) == (1, 0, [])


@pytest.mark.postgresql_only(reason="SQLite commits in the order of the numbers")
def test_sec_s42_a_row_that_is_committed_late_finds_its_place(house: House) -> None:
    with Session(house.engine) as late:
        audit.record(
            late, Actor("worker"), "late", "resident", "r1",
            area_code=VILLAGE, detail={}, now=house.clock(), request_id=None,
        )  # fmt: skip
        late.flush()
        write(house, "a", "b")
        assert jobs.seal_audit(house, NOW) == 2
        late.commit()
    assert jobs.seal_audit(house, NOW) == 1
    assert verified(house) == (3, 0, [])


def entry(seq: int) -> AuditEntry:
    at = NOW + timedelta(seconds=seq)
    return AuditEntry(seq, at, Actor("system"), "x", "y", None, None, {"seq": seq}, None)


def sign(text_: str) -> str:
    return sha256_hex(text_.encode())


@given(st.permutations(range(1, 9)), st.data())
def test_sec_s42_in_whatever_order_rows_were_sealed(order: list[int], data: st.DataObject) -> None:
    """Whole: it holds. One taken out, wherever: it does not."""
    links = {one.seq: one for one in linked([entry(seq) for seq in order], BEGINNING, sign)}
    end = links[order[-1]].hash

    def follow(gone: int | None) -> list[Broken]:
        chain = Chain(sign, [end])
        for seq, link in sorted(links.items()):
            if seq != gone:
                chain.follow(entry(seq), link)
        return list(chain.end().broken)

    assert follow(None) == []
    assert follow(data.draw(st.sampled_from(order))) != []


def test_sec_s42_a_second_link_behind_the_same_row_is_no_place() -> None:
    (first,) = linked([entry(1)], BEGINNING, sign)
    chain = Chain(sign)
    chain.follow(entry(1), first)
    (again,) = linked([entry(2)], BEGINNING, sign)
    chain.follow(entry(2), again)
    assert chain.end().broken == (Broken(2, "torn"),)
    assert isinstance(first, Link)


def test_sec_s42_the_command_says_whether_it_holds(app: APIFlask, unguarded: House) -> None:
    runner = app.test_cli_runner()
    whole = runner.invoke(args=["audit", "verify"])
    assert (whole.exit_code, "审计记录完整" in whole.output) == (0, True), whole.output
    (end,) = re.findall(r"[0-9a-f]{64}", whole.output)
    tamper(unguarded, "DELETE FROM audit WHERE action = 'a'")
    torn = runner.invoke(args=["audit", "verify", "--head", end])
    assert torn.exit_code == 1
    assert "are missing" in torn.output
    assert "whole" not in torn.output
    write(unguarded, "f")
    assert "sealed: 1" in runner.invoke(args=["audit", "seal"]).output
