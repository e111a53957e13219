"""A server under fire: real gunicorn processes on a real database, phones that post to them, and
whoever kills them.

The phones are threads that sign as phones do and keep what they were told; in the end that is held
against the rows (``Township.check``).
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psutil
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from backend.audit.tables import AuditRow
from backend.house import House, build_house
from backend.kernel.clock import system_clock
from backend.kernel.db import prepare_engine
from backend.settings import Settings
from backend.submissions.tables import ReceiptRow, SubmissionRow, SubmissionVersionRow
from tests.builders.accounts import make_account, make_phone
from tests.builders.areas import VILLAGE, make_county
from tests.builders.envelopes import Outbox
from tests.builders.residents import make_household, make_resident
from tests.builders.settings import ROOT
from tests.builders.visits import pressure

START_S = 60.0
TIMEOUT_S = 2
IMPATIENT = ("--timeout", str(TIMEOUT_S), "--graceful-timeout", "1")
AILING = ("--config", "python:tests.faults.ailing")
"""With this the disk of a worker can be made to fail."""
PATH = "/api/v1/submissions"


@dataclass
class Server:
    """gunicorn on a database, started and killed at will."""

    house: House
    env: Mapping[str, str]
    port: int
    workers: int
    options: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the master; returns once it answers."""
        command = [
            sys.executable, "-m", "gunicorn", "backend.wsgi:app", "--bind",
            f"127.0.0.1:{self.port}", "--worker-class", "backend.web_worker.FairWorker",
            "--workers", str(self.workers), "--threads", "4", "--graceful-timeout", "4",
            "--timeout", "60", "--no-control-socket", "--log-level", "critical", *self.options,
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.answers()

    @property
    def log(self) -> Path:
        return self.house.settings.var / "log"

    def answers(self) -> float:
        """Wait until a question is answered; how long it took, in seconds."""
        began = time.monotonic()
        while time.monotonic() < began + START_S:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                    line.sendall(b"GET /api/v1/health/live HTTP/1.0\r\n\r\n")
                    if b"200 OK" in line.recv(64):
                        return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(self.log.read_text(errors="replace")[-2000:])

    def worker_pids(self) -> list[int]:
        """The processes that answer."""
        assert self._process is not None
        return [child.pid for child in psutil.Process(self._process.pid).children()]

    def kill_a_worker(self, chance: random.Random) -> bool:
        """kill -9 one of the processes that answer; whether there was one."""
        pids = self.worker_pids()
        return bool(pids) and _killed(chance.choice(pids))

    def kill_all_workers(self) -> None:
        """kill -9 whoever answers; the master starts others."""
        for pid in self.worker_pids():
            _killed(pid)

    def signal(self, number: signal.Signals) -> None:
        """Signal the master."""
        assert self._process is not None
        self._process.send_signal(number)

    def end(self) -> None:
        """End the master and whatever it started."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=15)
        self._process = None


def _killed(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@dataclass
class Sender:
    """A phone: makes visits, posts three at a time until each has its receipt."""

    outbox: Outbox
    residents: list[str]
    port: int
    told: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    refusals: dict[int, int] = field(default_factory=dict)
    silences: int = 0

    def run(self, stop: threading.Event) -> None:
        """Go on until told to stop, and then until everything has its receipt."""
        while not stop.is_set():
            batch = [self._visit() for _ in range(3)]
            while not self._post(batch):
                time.sleep(0.05)

    def _visit(self) -> dict[str, Any]:
        about = self.residents[len(self.made) % len(self.residents)]
        made = self.outbox.finalise("htn_followup", ("resident", about), pressure(150, 92))
        self.made[made["id"]] = made["sha256"]
        return made

    def _post(self, batch: list[dict[str, Any]]) -> bool:
        body = orjson.dumps({"envelopes": batch})
        headers = self.outbox.phone.headers("POST", PATH, body, system_clock())
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                line.request("POST", PATH, body, headers | {"Content-Type": "application/json"})
                answer = line.getresponse()
                data = answer.read()
            finally:
                line.close()
        except (OSError, http.client.HTTPException):
            self.silences += 1
            return False
        if answer.status != 200:
            self.refusals[answer.status] = self.refusals.get(answer.status, 0) + 1
            return False
        receipts = orjson.loads(data)["receipts"]
        again = False
        for one in receipts:
            if one["status"] in ("stored", "replayed"):
                self.told[one["id"]] = one["sha256"]
            else:
                assert one["status"] == "failed", one  # our own mistake: the phone sends it again
                again = True
        return not again


@dataclass
class Township:
    """The server with its phones, and what must hold in the end."""

    server: Server
    senders: list[Sender]
    _threads: list[threading.Thread] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Phones post while the block runs; after it they end what they began."""
        self._stop.clear()
        self._threads = [
            threading.Thread(target=one.run, args=(self._stop,), daemon=True)
            for one in self.senders
        ]
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in self._threads), "a phone never came through"

    @property
    def acknowledged(self) -> int:
        return sum(len(one.told) for one in self.senders)

    @property
    def refusals(self) -> Counter[int]:
        """How often which status came that is no success."""
        return sum((Counter(one.refusals) for one in self.senders), Counter())

    def comes_through(self, within_s: float = 30.0) -> None:
        """Wait until another record has its receipt."""
        before = self.acknowledged
        self.until(lambda: self.acknowledged > before, within_s)

    def until(self, holds: Callable[[], bool], within_s: float = 30.0) -> None:
        """Wait for something.

        :raises AssertionError: it never came
        """
        end = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < end, f"waited {within_s} s; refusals {self.refusals}"
            time.sleep(0.02)

    def check(self) -> int:
        """Nothing lost, nothing twice, nothing half; how many records there are.

        :raises AssertionError: a promise was broken
        """
        told = {key: sha for one in self.senders for key, sha in one.told.items()}
        made = {key: sha for one in self.senders for key, sha in one.made.items()}
        assert told == made, "phones stop only when everything has its receipt"
        with Session(self.server.house.engine) as session:
            receipts = session.execute(select(ReceiptRow.id, ReceiptRow.sha256)).all()
            stored = session.scalars(select(SubmissionRow.id)).all()
            versions = session.scalars(select(SubmissionVersionRow.id)).all()
            audited = session.scalars(
                select(AuditRow.object_id).where(AuditRow.action == "envelope_stored")
            ).all()
        assert dict(map(tuple, receipts)) == made, "lost, or here without a phone that made it"
        assert sorted(stored) == sorted(versions) == sorted(made), "twice, or half"
        assert sorted(audited) == sorted(made), "rows and audit do not agree"
        return len(made)


@contextmanager
def township(
    url: str, var: Path, *, phones: int = 3, workers: int = 2, options: tuple[str, ...] = ()
) -> Iterator[Township]:
    """A server on a migrated database, with phones of one village.

    :param url: a database with forms, and nobody in it
    :param options: more of gunicorn's, over ours
    """
    var.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    own = {"PORT": str(port), "SUIFANG_VAR": str(var), "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    env = {n: v for n, v in os.environ.items() if not n.startswith(("SUIFANG_", "DATABASE_"))} | own
    settings = Settings.from_environment(env, ROOT)
    engine = prepare_engine(create_engine(settings.database_url, poolclass=NullPool))
    house = build_house(settings, engine, system_clock)
    server = Server(house, env, port, workers, options)
    made = Township(server, _phones(house, port, phones))
    try:
        server.start()
        yield made
    finally:
        server.end()
        engine.dispose()


def _phones(house: House, port: int, number: int) -> list[Sender]:
    senders = []
    with house.write() as session:
        make_county(session)
        for no in range(number):
            account = make_account(house, session, "worker", (VILLAGE,), login=f"doctor{no}")
            phone = make_phone(house, session, account)
            people = []
            for each in range(20):
                home = make_household(house, session, no=f"{no:02}{each:02}").id
                name = f"王{no}{each}"
                people.append(make_resident(house, session, household_id=home, name=name).id)
            outbox = Outbox(phone, account.id, house.seal_key, system_clock())
            senders.append(Sender(outbox, people, port))
    return senders


def sqlite_copy(template: Path, folder: Path) -> str:
    """A copy of the migrated file on a real disk."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "suifang.sqlite3"
    shutil.copyfile(template, file)
    return f"sqlite:///{file}"
