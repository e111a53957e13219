"""A whole installation for a test: gunicorn and the worker process, as the Procfile starts them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Running:
    """What runs.

    :param origin: where its pages are
    :param house: the same house in this process, to prepare and to look into
    """

    origin: str
    house: House


def built_pages() -> Path:
    """The built pages. :raises AssertionError: nobody built them"""
    folder = ROOT / "pwa" / "dist"
    assert (folder / "sw.js").is_file(), "no pages: 'make test' builds them, or 'npm run build'"
    return folder


@contextmanager
def running_suifang(
    var: Path, template: Path, *, push_test: str = "", worker: bool = True
) -> Iterator[Running]:
    """Web and worker on a copy of a migrated SQLite file; both end with the block.

    :param push_test: origin of the push server for tests
    """
    var.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, var / "suifang.sqlite3")
    port = _free_port()
    own = {
        "PORT": str(port),
        "SUIFANG_VAR": str(var),
        "SUIFANG_PWA": str(built_pages()),
        "SUIFANG_PUSH_TEST": push_test,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    env = {n: v for n, v in os.environ.items() if not n.startswith(("SUIFANG_", "DATABASE_"))} | own
    settings = Settings.from_environment(env, ROOT)
    engine = prepare_engine(create_engine(settings.database_url))
    programs = [_web(port)] + ([_worker()] if worker else [])
    with (var / "log").open("wb") as log:
        started = [
            subprocess.Popen(p, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
            for p in programs
        ]
        try:
            origin = f"http://127.0.0.1:{port}"
            _wait(f"{origin}/api/v1/health/live", started[0], var / "log")
            yield Running(origin, build_house(settings, engine, system_clock))
        finally:
            for process in started:
                os.killpg(process.pid, signal.SIGTERM)
            for process in started:
                _end(process)
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


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=8)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=8)
