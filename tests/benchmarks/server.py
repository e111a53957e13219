"""A real server for a benchmark: the Procfile's own command line on a fresh database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.databases import DURABLE, Cluster

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Place:
    """Where an installation of a benchmark lives."""

    kind: str
    url: str
    var: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment of its commands."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SUIFANG_")}
        return {**kept, "DATABASE_URL": self.url, "SUIFANG_VAR": str(self.var)}

    def flask(self, *words: str) -> str:
        """Run a command of the installation and return what it prints."""
        done = subprocess.run(
            [str(BIN / "flask"), *words],
            cwd=ROOT, env=self.env, text=True, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout


@contextmanager
def fresh(kind: str) -> Iterator[Place]:
    """An empty database of that kind, durable as in the field, on this machine's own disk."""
    base = ROOT / "var" / "bench"
    base.mkdir(parents=True, exist_ok=True)
    var = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=base))
    try:
        if kind == "sqlite":
            yield Place(kind, f"sqlite:///{var / 'bench.sqlite3'}", var)
            return
        cluster = Cluster.make(DURABLE)
        cluster.start()
        try:
            cluster.create("bench")
            yield Place(kind, cluster.url("bench"), var)
        finally:
            cluster.stop()
            cluster.remove()
    finally:
        shutil.rmtree(var, ignore_errors=True)


def web_command(application: str) -> str:
    """The web line of the Procfile, serving this application."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    line = next(line.removeprefix("web:").strip() for line in lines if line.startswith("web:"))
    return line.replace(".venv/bin/", f"{BIN}/").replace("backend.wsgi:app", application)


@contextmanager
def serving(application: str, env: Mapping[str, str], ready: str) -> Iterator[tuple[int, int]]:
    """Run gunicorn as the Procfile does; yields its port and the master's process id."""
    port = _free_port()
    log = (Path(env["SUIFANG_VAR"]) / "server.log").open("ab")
    process = subprocess.Popen(
        ["/bin/sh", "-c", web_command(application)],
        cwd=ROOT,
        env={**env, "PORT": str(port), "SUIFANG_HOST": "127.0.0.1", "PYTHONPATH": str(ROOT)},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        _wait(f"http://127.0.0.1:{port}{ready}", process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def rss_mb(pid: int) -> float:
    """Resident memory of a process and its children; pages they share are counted for each."""
    return sum(process.memory_info().rss for process in _family(pid)) / 1e6


def cpu_seconds(pid: int) -> float:
    """Time that a process and its children have spent on a core."""
    times = [process.cpu_times() for process in _family(pid)]
    return sum(spent.user + spent.system for spent in times)


def _family(pid: int) -> list[psutil.Process]:
    master = psutil.Process(pid)
    return [master, *master.children(recursive=True)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended by itself (exit {process.returncode})")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer within {seconds:.0f} s")
