"""Fault 44: the reminder job is killed, again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import http_ece
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine

from backend.house import House, build_house
from backend.kernel.clock import system_clock
from backend.kernel.ids import new_id
from backend.reminders.store import reminders
from tests.builders.reminders import make_doctor_at, make_plan
from tests.builders.settings import ROOT, make_settings
from tests.databases import Database
from tests.fakes.push_server import PushServer, running_push_server

REMINDERS = 120
KILLS = 5
BROWSER = ec.derive_private_key(20261123, ec.SECP256R1())


def test_fault_44_reminder_job_killed(database: Database, engine: Engine, tmp_path: Path) -> None:
    """Each reminder goes out, and the few that go out twice say the same under the same topic."""
    house = build_house(make_settings(tmp_path, database.url), engine, system_clock)
    chance = random.Random(44)  # noqa: S311 - it must be repeatable
    killed = 0
    with running_push_server() as service, running_nursery(database, tmp_path, service) as nursery:
        plan(house, service)
        for round_no in range(KILLS):
            worker = nursery.start(round_no * 11)
            time.sleep(chance.uniform(0.05, 0.4))
            with suppress(ProcessLookupError):  # it was faster
                os.kill(worker, signal.SIGKILL)
            killed += nursery.ended() == signal.SIGKILL
        nursery.start(KILLS * 11)
        assert nursery.ended() == 0
        messages = [read(post.body) for post in service.posts]
        topics = Counter(post.headers["topic"] for post in service.posts)

    with house.read() as session:
        rows = reminders.page(session, [("0" * 12, "9" * 12)], None, None, 250)
    assert Counter(row.state for row in rows) == {"sent": REMINDERS}
    assert len(topics) == REMINDERS
    assert {message["id"] for message in messages} == {row.id for row in rows}
    assert killed >= 3, "the workers were faster than the kills: nothing was tested"
    # A kill between sending and writing down repeats at most the one that was on its way.
    assert len(messages) - REMINDERS <= killed


def plan(house: House, service: PushServer) -> None:
    now = system_clock()
    with house.write() as session:
        doctor = make_doctor_at(house, session, service.endpoint("phone"))
        plans = [make_plan(house, doctor, reason=f"urgent:{new_id()}") for _ in range(REMINDERS)]
        reminders.plan(session, [replace(one, due_at=now) for one in plans], now)


@dataclass
class Nursery:
    """Starts workers (:mod:`tests.fakes.dispatch_process`)."""

    process: subprocess.Popen[str]

    def start(self, ahead: int) -> int:
        """Start a worker whose clock is so many minutes ahead; its pid."""
        print(ahead, file=self.process.stdin, flush=True)
        return self._line()

    def ended(self) -> int:
        """Wait until it has ended; its status, or the signal that killed it."""
        return self._line()

    def _line(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


@contextmanager
def running_nursery(database: Database, var: Path, service: PushServer) -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.fakes.dispatch_process"]
    command += [database.url, str(var), service.origin]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def read(body: bytes) -> dict[str, str]:
    plain = http_ece.decrypt(body, private_key=BROWSER, auth_secret=bytes(16))
    found: dict[str, str] = orjson.loads(plain)
    return found
