"""The worker process itself: it starts, sends what is due within seconds, and ends when told."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.house import House, build_house
from backend.kernel.clock import system_clock
from backend.reminders.store import reminders
from backend.settings import Settings
from tests.builders.reminders import make_doctor_at, make_plan
from tests.builders.settings import ROOT
from tests.databases import Database
from tests.fakes.push_server import PushServer, running_push_server

START_S = 45


def plan(house: House, service: PushServer, reason: str) -> None:
    now = system_clock()
    with house.write() as session:
        doctor = make_doctor_at(house, session, service.endpoint("phone"))
        due = make_plan(house, doctor, reason=reason, expires_at=now + timedelta(hours=2))
        reminders.plan(session, [due], now)


def wait_for_posts(service: PushServer, number: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while len(service.posts) < number:
        assert time.monotonic() < end, f"{len(service.posts)} of {number} messages"
        time.sleep(0.1)


def sends_within_seconds(
    database: Database, engine: Engine, folder: Path, queue: str, service: PushServer
) -> None:
    """What is due before it starts and while it runs; then it ends as it is told."""
    own = {
        "SUIFANG_VAR": str(folder),
        "DATABASE_URL": database.url,
        "SUIFANG_QUEUE": queue,
        "SUIFANG_PUSH_TEST": service.origin,
        "PYTHONPATH": str(ROOT),
    }
    env = {n: v for n, v in os.environ.items() if not n.startswith("SUIFANG_")} | own
    house = build_house(Settings.from_environment(env, ROOT), engine, system_clock)
    plan(house, service, "urgent:before-start")
    program = [sys.executable, "-m", "huey.bin.huey_consumer", "backend.worker.huey"]
    options = ["--workers", "2", "--graceful-signal", "TERM", "--shutdown-timeout", "4"]
    log = folder / "log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [*program, *options], cwd=ROOT, env=env, stdout=output, stderr=output
        )
    try:
        wait_for_posts(service, 1, START_S)
        plan(house, service, "urgent:while-running")
        wait_for_posts(service, 2, 20)
    finally:
        worker.send_signal(signal.SIGTERM)
        status = worker.wait(timeout=15)
    assert status == 0
    said = log.read_text()
    assert "Traceback" not in said, said
    assert "/push/phone" not in said


@pytest.mark.postgresql_only("with SQLite and its file the worker runs in tests/browser")
def test_the_worker_sends_within_seconds_and_ends_when_told(
    database: Database, engine: Engine, tmp_path: Path
) -> None:
    with running_push_server() as service:
        queue = database.url.replace("+psycopg", "")
        sends_within_seconds(database, engine, tmp_path, queue, service)


@pytest.mark.sqlite_only("the queue is what is tried here, not the database")
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server on this machine")
def test_the_queue_may_be_redis(database: Database, engine: Engine, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL) as redis:
        try:
            wait_for_door(port)
            with running_push_server() as service:
                queue = f"redis://127.0.0.1:{port}/0"
                sends_within_seconds(database, engine, tmp_path, queue, service)
        finally:
            redis.terminate()


def wait_for_door(port: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert time.monotonic() < end
        time.sleep(0.1)
