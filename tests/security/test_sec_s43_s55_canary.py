"""S43: no log ever names anybody. S55: what cannot be written down is not told.

Everything is asked of every door, with the names of the world as canaries.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from backend.audit import store
from tests.builders.accounts import PASSWORD, Page, browser
from tests.builders.world import World
from tests.security.doors import DOORS, At, Tells
from tests.security.test_sec_s03_matrix import READING, told


@pytest.fixture
def in_production(world: World) -> Iterator[World]:
    """Errors are answered, as they are to the world outside."""
    world.app.testing = False
    yield world
    world.app.testing = True
    world.restored()


def canaries(world: World) -> set[str]:
    """Names, numbers and secrets of whoever is there."""
    places = world.places.values()
    names = {name for place in places for name in place.names if not name.endswith("卫生室")}
    tokens = {place.token for place in places if place.mark in "甲乙丙丁"}
    phones = {f"138{ord(mark):08}" for mark in "甲乙丙丁"}
    return names | tokens | phones | {PASSWORD, world.people["reviewer"].token[-40:]}


def ask_everything(world: World, page: Page) -> set[int]:
    statuses = set()
    for route, door in DOORS.items():
        if isinstance(door, At | Tells):
            path, body = (
                door.asked(world.places["甲"]) if isinstance(door, At) else (door.path, door.body)
            )
            answer = page.call(route.split(maxsplit=1)[0], path, body)
            _ = answer.data
            statuses.add(answer.status_code)
            world.restored()
    return statuses


def written(caplog: pytest.LogCaptureFixture) -> str:
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(
        formatter.format(record) + str(record.__dict__.get("request_id", ""))
        for record in caplog.records
        if record.name.startswith(("suifang", "sqlalchemy", "werkzeug", "huey", "backend"))
    )


def test_sec_s43_no_log_names_anybody(
    in_production: World, caplog: pytest.LogCaptureFixture
) -> None:
    world = in_production
    with caplog.at_level(logging.INFO):
        statuses = ask_everything(world, world.people["reviewer"])
        for name in sorted(canaries(world)):
            client = browser(world.app)
            client.get(f"/api/v1/{name}")
            client.get("/api/v1/residents", query_string={"q": name})
            client.post("/api/v1/auth/login", data=f'{{"login": "{name}'.encode())
            client.post(
                "/api/v1/auth/login",
                json={"login": name[:60], "password": name, "entry": "desk", name[:30]: name},
            )
            world.people["reviewer"].get(f"/residents?q={name[:40]}&{name}=1")
            world.people["reviewer"].post("/review/filters", {"name": name, "x": name})
    text = written(caplog)
    assert {200, 201, 204, 404, 409, 422} <= statuses
    assert "GET /api/v1/residents 200" in text, "the log is there"
    assert {name for name in canaries(world) if name in text} == set()


def test_sec_s43_an_error_of_the_database_names_nobody(
    in_production: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text holds the values of the statement."""
    world = in_production

    def fails(*_: object) -> None:
        raise OperationalError(
            "INSERT INTO residents (name) VALUES (?)", ("张甲秀英",), sqlite3.Error("张甲秀英")
        )

    monkeypatch.setattr(store, "append", fails)
    with caplog.at_level(logging.DEBUG, logger="suifang"):
        answer = world.people["reviewer"].get("/residents?q=张")
    assert answer.status_code in (500, 503)
    assert "张甲秀英" not in answer.text + written(caplog)
    assert "OperationalError" in written(caplog) or "Error" in written(caplog)


@pytest.mark.parametrize("route", READING)
def test_sec_s55_without_a_row_in_the_audit_nobody_is_shown(
    in_production: World, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, door = in_production, DOORS[route]
    assert isinstance(door, At | Tells)
    village = world.places["甲"]
    path, body = door.asked(village) if isinstance(door, At) else (door.path, door.body)
    page = world.people["reviewer"]
    _ = page.session_id

    def fails(*_: object) -> None:
        raise RuntimeError("the audit cannot be written")

    monkeypatch.setattr(store, "append", fails)
    answer = page.call(route.split(maxsplit=1)[0], path, body)
    residents = village.names - {world.people["doctor"].account.name, "甲卫生室"}
    assert {name for name in residents if name in told(answer)} == set(), route
