"""A whole installation for a test: gunicorn and the worker process, as the Procfile starts them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import create_engine

from backend.house import House, build_house
from backend.kernel.clock import system_clock
from backend.kernel.db import prepare_engine
from backend.settings import Settings
from tests.builders.settings import ROOT

START_S = 40.0


@dataclass
class Running:
    """What runs.

    :param origin: where its pages are
    :param house: the same house in this process, to prepare and to look into
    """

    origin: str
    house: House
    _port: int
    _env: Mapping[str, str]
    _web: subprocess.Popen[bytes] | None = None
    _others: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_web(self) -> None:
        """Start the web process, also a second time: same port, same database, same secrets."""
        assert self._web is None, "it runs already"
        self._web = self._start(_web(self._port))
        _wait(f"{self.origin}/api/v1/health/live", self._web, self._log)

    def stop_web(self) -> None:
        """End the web process and wait until nobody answers any more."""
        if self._web is not None:
            _end([self._web])
            self._web = None

    @contextmanager
    def without_web(self) -> Iterator[None]:
        """Nobody answers while the block runs; however it ends, the web process is there after."""
        self.stop_web()
        try:
            yield
        finally:
            self.start_web()

    def start_worker(self) -> None:
        """Start the worker process."""
        self._others.append(self._start(_worker()))

    def end(self) -> None:
        """End everything."""
        _end([*self._others, *([self._web] if self._web else [])])
        self._web, self._others = None, []

    @property
    def _log(self) -> Path:
        return self.house.settings.var / "log"

    def _start(self, program: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                program, cwd=ROOT, env=self._env, stdout=log, stderr=log, start_new_session=True
            )


def built_pages() -> Path:
    """The built pages. :raises AssertionError: nobody built them"""
    folder = ROOT / "pwa" / "dist"
    assert (folder / "sw.js").is_file(), "no pages: 'make test' builds them, or 'npm run build'"
    return folder


@contextmanager
def running_suifang(
    var: Path, template: Path, *, push_test: str = "", sms_url: str = "", worker: bool = True
) -> Iterator[Running]:
    """Web and worker on a copy of a migrated SQLite file; both end with the block.

    :param push_test: origin of the push server for tests
    :param sms_url: where SMS are handed over
    """
    var.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, var / "suifang.sqlite3")
    port = _free_port()
    own = {
        "PORT": str(port),
        "SUIFANG_VAR": str(var),
        "SUIFANG_PWA": str(built_pages()),
        "SUIFANG_PUSH_TEST": push_test,
        "SUIFANG_SMS_URL": sms_url,
        "SUIFANG_SMS_TEMPLATES": (
            "family.soon=SMS_1,family.now=SMS_2,followup.soon=SMS_3,followup.now=SMS_4"
        ),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    env = {n: v for n, v in os.environ.items() if not n.startswith(("SUIFANG_", "DATABASE_"))} | own
    settings = Settings.from_environment(env, ROOT)
    engine = prepare_engine(create_engine(settings.database_url))
    house = build_house(settings, engine, system_clock)
    running = Running(f"http://127.0.0.1:{port}", house, port, env)
    try:
        running.start_web()
        if worker:
            running.start_worker()
        yield running
    finally:
        running.end()
        engine.dispose()


def _web(port: int) -> list[str]:
    bind = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4"]
    return [sys.executable, "-m", "gunicorn", "backend.wsgi:app", *bind, "--no-control-socket"]


def _worker() -> list[str]:
    options = ["--workers", "2", "--worker-type", "thread", "--graceful-signal", "TERM"]
    consumer = [sys.executable, "-m", "huey.bin.huey_consumer", "backend.worker.huey"]
    return [*consumer, *options, "--shutdown-timeout", "2"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=8)
