"""Fault 39: two transactions of PostgreSQL meet in the middle of the line, and one has to go.

The database itself ends ours, by its own error, in the statements that the line really sends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from backend import tables
from backend.house import TRIES
from tests.builders.accounts import browser
from tests.builders.visits import pressure
from tests.journeys.conftest import Village

pytestmark = pytest.mark.postgresql_only(reason="SQLite has one writer; nobody meets there")

PLACES = {
    "the first insert": "CREATE TRIGGER meets BEFORE INSERT ON receipts",
    "what travels together": "CREATE TRIGGER meets BEFORE INSERT ON submission_versions",
    "the commit": "CREATE CONSTRAINT TRIGGER meets AFTER INSERT ON receipts "
    "DEFERRABLE INITIALLY DEFERRED",
}


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@contextmanager
def meeting(engine: Engine, place: str, state: str, times: int) -> Iterator[None]:
    """Whoever comes to the place is ended so often; the count outlives what is rolled back."""
    run(
        engine,
        "CREATE SEQUENCE meetings",
        "CREATE FUNCTION meets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF nextval('meetings') <= {times} THEN RAISE EXCEPTION USING ERRCODE = '{state}'; "
        "END IF; RETURN NEW; END $$",
        f"{PLACES[place]} FOR EACH ROW EXECUTE FUNCTION meets()",
    )
    yield
    run(engine, "DROP FUNCTION meets CASCADE", "DROP SEQUENCE meetings")


def one_visit(village: Village) -> dict[str, Any]:
    return village.outbox.finalise("htn_followup", ("resident", village.patient), pressure(150, 92))


def stored_once(village: Village, *ids: str) -> None:
    """As often in every table that an envelope is written down in."""
    for row in (
        tables.submissions.ReceiptRow,
        tables.submissions.SubmissionRow,
        tables.submissions.SubmissionVersionRow,
    ):
        assert sorted(one.id for one in village.rows(row)) == sorted(ids)
    audited = [r for r in village.rows(tables.audit.AuditRow) if r.action == "envelope_stored"]
    assert sorted(row.object_id for row in audited) == sorted(ids)


def test_fault_39_it_is_tried_again_as_a_whole_wherever_they_met(
    village: Village, engine: Engine
) -> None:
    made = []
    for place in PLACES:
        for state in ("40001", "40P01"):
            with meeting(engine, place, state, TRIES - 1):
                made.append(one_visit(village))
                (told,) = village.send(made[-1])
            assert (told["status"], told["code"]) == ("stored", 201), (place, state)
            assert told["id"] == made[-1]["id"]
    stored_once(village, *(one["id"] for one in made))


def test_fault_39_after_three_the_phone_is_told_to_come_again(
    village: Village, engine: Engine
) -> None:
    two = [one_visit(village), one_visit(village)]
    for place in PLACES:
        with meeting(engine, place, "40001", TRIES):
            answer = village.doctor.post("/submissions", {"envelopes": two})
        assert (answer.status_code, answer.json and answer.json["code"]) == (503, "server_busy")
        assert "Retry-After" in answer.headers
        stored_once(village)
    assert [one["status"] for one in village.send(*two)] == ["stored", "stored"]
    stored_once(village, *(one["id"] for one in two))


def test_fault_39_a_true_deadlock_is_ended_and_tried_again(
    village: Village, engine: Engine
) -> None:
    """The line has the patient's turn and wants to write; a stranger has the receipts and wants
    the turn. The database ends the line, which is impatient; its next try finds the turn taken
    meanwhile, and decides anew.
    """
    first, second = one_visit(village), one_visit(village)
    village.send(first)
    token = village.doctor.token
    told: list[Any] = []

    def post() -> None:
        answer = browser(village.app).post(
            "/api/v1/submissions",
            json={"envelopes": [second]},
            headers={"Authorization": f"Bearer {token}"},
        )
        told.append(answer.json)

    phone = threading.Thread(target=post)
    with engine.begin() as stranger:
        stranger.execute(text("SET LOCAL deadlock_timeout = '30s'"))
        stranger.execute(text("LOCK TABLE receipts IN SHARE MODE"))  # it may be read
        phone.start()
        _someone_waits(stranger)
        stranger.execute(
            text("UPDATE turns SET taken = taken + 1 WHERE id = :id"), {"id": village.patient}
        )
    phone.join(timeout=30)
    assert [one["receipts"][0]["status"] for one in told] == ["stored"]
    stored_once(village, first["id"], second["id"])
    with engine.begin() as connection:
        ended = connection.execute(
            text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        )
        assert ended.scalar_one() >= 1, "they never met"


def _someone_waits(stranger: Connection) -> None:
    """Until somebody stands before the lock that the stranger has."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if stranger.execute(waiting).scalar_one():
            return
        time.sleep(0.02)
    raise AssertionError("the line never came to the receipts")
