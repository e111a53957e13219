"""Decision 0003: a phone that follows the feed never misses a change, in any order of commits."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.kernel.db import begin_write
from tests.builders.feed import feed_settled

VILLAGE, OTHER = "340828104201", "340828105202"
SCOPE = [(VILLAGE, VILLAGE)]


def write(engine: Engine, *changes: tuple[str, str, str]) -> None:
    with Session(engine) as session:
        begin_write(session)
        feed.changed(session, changes)
        session.commit()


def read(engine: Engine) -> list[tuple[str, str]]:
    """What a phone is told once everything committed may be told."""
    feed_settled(engine)
    return read_now(engine)


def read_now(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        return [(c.object_id, c.op) for c in feed.page(session, SCOPE, (0, 0), 100)]


def test_a_newer_change_of_an_object_takes_the_place_of_the_older(engine: Engine) -> None:
    write(engine, ("resident", "a", VILLAGE), ("resident", "b", VILLAGE))
    write(engine, ("resident", "a", VILLAGE))
    assert read(engine) == [("b", "put"), ("a", "put")]


def test_only_the_callers_villages_are_told(engine: Engine) -> None:
    write(engine, ("resident", "a", VILLAGE), ("resident", "b", OTHER))
    assert read(engine) == [("a", "put")]


def test_an_object_that_leaves_a_village_leaves_a_tombstone_there(engine: Engine) -> None:
    write(engine, ("resident", "a", VILLAGE))
    with Session(engine) as session:
        begin_write(session)
        feed.left(session, [("resident", "a", VILLAGE)])
        feed.changed(session, [("resident", "a", OTHER)])
        session.commit()
    assert read(engine) == [("a", "remove")]


def test_pages_follow_each_other_without_gap_or_repeat(engine: Engine) -> None:
    write(engine, *(("task", f"t{n:02}", VILLAGE) for n in range(25)))
    feed_settled(engine)
    seen: list[str] = []
    after = (0, 0)
    with Session(engine) as session:
        while page := feed.page(session, SCOPE, after, 10):
            seen += [c.object_id for c in page]
            after = (page[-1].txid, page[-1].seq)
            assert feed.remaining(session, SCOPE, after) == 25 - len(seen)
    assert seen == [f"t{n:02}" for n in range(25)]


@pytest.mark.postgresql_only(reason="SQLite has one writer at a time")
def test_a_change_committed_late_under_an_early_number_is_not_skipped(engine: Engine) -> None:
    with Session(engine) as early, Session(engine) as late:
        feed.changed(early, [("resident", "early", VILLAGE)])  # draws the lower number, stays open
        feed.changed(late, [("resident", "late", VILLAGE)])
        late.commit()

        assert read_now(engine) == [], (
            "the later change must wait while an earlier one is undecided"
        )

        early.commit()
    assert read(engine) == [("early", "put"), ("late", "put")]


@pytest.mark.postgresql_only(reason="SQLite has one writer at a time")
def test_a_rolled_back_change_holds_nobody_back(engine: Engine) -> None:
    with Session(engine) as early, Session(engine) as late:
        feed.changed(early, [("resident", "early", VILLAGE)])
        feed.changed(late, [("resident", "late", VILLAGE)])
        late.commit()
        early.rollback()
    assert read(engine) == [("late", "put")]


def test_a_new_life_has_a_new_epoch(engine: Engine) -> None:
    with Session(engine) as session:
        begin_write(session)
        first = feed.ensure_epoch(session)
        assert feed.ensure_epoch(session) == first
        assert feed.renew_epoch(session) != first
