"""Server faults 31, 32, 34, 35, 38, 42: killed processes, stopped databases, full disks.

Killed workers have a short share in ``make test``, the rest runs in ``make faults``. Whatever
happens, the phones in the end have a receipt for every record, and the rows agree with them.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.builders.settings import ROOT
from tests.conftest import fill_template
from tests.databases import DURABLE, Cluster
from tests.faults.server import Township, sqlite_copy, township

KILLS = int(os.environ.get("SUIFANG_KILLS", "1000"))
STOPS = int(os.environ.get("SUIFANG_STOPS", "200"))


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Township]:
    with township(sqlite_copy(sqlite_template, tmp_path / "data"), tmp_path / "var") as made:
        yield made


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Cluster]:
    """A PostgreSQL of this test's own that keeps every promise of durability."""
    cluster = Cluster.make(DURABLE)
    cluster.start()
    try:
        cluster.create("suifang")
        fill_template(cluster.url("suifang"), tmp_path)
        yield cluster
    finally:
        cluster.stop("immediate")
        cluster.remove()


@pytest.fixture
def on_postgresql(durable: Cluster, tmp_path: Path) -> Iterator[Township]:
    with township(durable.url("suifang"), tmp_path / "var") as made:
        yield made


def killed(at: Township, kills: int, seed: int) -> int:
    """So many workers die while phones send; how many records came through."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    done = 0
    with at.at_work():
        while done < kills:
            at.comes_through(within_s=60)  # or most kills would hit workers that only just start
            time.sleep(chance.uniform(0, 0.4))
            done += at.server.kill_a_worker(chance)
    return at.check()


def test_fault_31_workers_are_killed_while_phones_send(on_sqlite: Township) -> None:
    records = killed(on_sqlite, kills=2, seed=31)
    assert records > 2, "something came through before each of them"
    assert sum(one.silences for one in on_sqlite.senders) >= 1, "nobody was hit"


@pytest.mark.faults
def test_fault_31_a_thousand_workers_are_killed_on_sqlite(on_sqlite: Township) -> None:
    print(f"\n{KILLS} kills, {killed(on_sqlite, KILLS, seed=1)} records, 0 lost, 0 twice, 0 half")


@pytest.mark.faults
def test_fault_31_a_thousand_workers_are_killed_on_postgresql(on_postgresql: Township) -> None:
    records = killed(on_postgresql, KILLS, seed=2)
    print(f"\n{KILLS} kills, {records} records, 0 lost, 0 twice, 0 half")


@pytest.mark.faults
def test_fault_32_a_new_release_while_phones_send(on_sqlite: Township) -> None:
    """HUP: new workers take over. TERM: the server goes, and comes back."""
    before = set(on_sqlite.server.worker_pids())
    with on_sqlite.at_work():
        time.sleep(0.3)
        on_sqlite.server.signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while set(on_sqlite.server.worker_pids()) & before and time.monotonic() < end:
            time.sleep(0.1)
        assert not set(on_sqlite.server.worker_pids()) & before
        on_sqlite.server.end()
        on_sqlite.server.start()
    assert on_sqlite.check() >= 3


def stopped(at: Township, cluster: Cluster, stops: int) -> int:
    """The database crashes so often while phones send; how many records came through."""
    chance = random.Random(34)  # noqa: S311 - repeatable on purpose
    with at.at_work():
        for _ in range(stops):
            at.comes_through(within_s=60)
            time.sleep(chance.uniform(0, 0.4))
            cluster.stop("immediate")
            cluster.start()
    return at.check()


@pytest.mark.faults
def test_fault_34_the_database_crashes_while_phones_send(
    on_postgresql: Township, durable: Cluster
) -> None:
    assert stopped(on_postgresql, durable, 1) >= 3
    answers: dict[int, int] = {}
    for one in on_postgresql.senders:
        for status, times in one.refusals.items():
            answers[status] = answers.get(status, 0) + times
    assert set(answers) <= {503}, f"a lost database is 503, not {answers}"


@pytest.mark.faults
def test_fault_34_two_hundred_crashes(on_postgresql: Township, durable: Cluster) -> None:
    print(f"\n{STOPS} crashes, {stopped(on_postgresql, durable, STOPS)} records, 0 lost, 0 twice")


@pytest.mark.faults
def test_fault_35_the_disk_is_full(sqlite_template: Path, tmp_path: Path) -> None:
    """507 or 503 while it is, nothing half, and everything goes on once there is room."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "none", small], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with township(sqlite_copy(sqlite_template, small / "data"), tmp_path / "var") as at:
            filler = small / "filler"
            with at.at_work():
                time.sleep(1)
                _fill(filler)
                time.sleep(4)
                seen = {status for one in at.senders for status in one.refusals}
                filler.unlink()
            assert seen & {503, 507}, seen
            assert seen <= {503, 507}, seen
            assert at.check() >= 3
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(65536))
        except OSError:
            pass


@pytest.mark.faults
def test_fault_38_somebody_else_holds_the_lock(on_sqlite: Township) -> None:
    """A stranger's transaction: phones wait, are told 503, and all comes in once it is over."""
    file = make_url(str(on_sqlite.server.house.settings.database_url)).database
    assert file is not None
    stranger = sqlite3.connect(file, isolation_level=None)
    with on_sqlite.at_work():
        time.sleep(0.5)
        stranger.execute("BEGIN IMMEDIATE")
        time.sleep(25)
        stranger.execute("ROLLBACK")
    stranger.close()
    seen = {status for one in on_sqlite.senders for status in one.refusals}
    assert seen <= {503}, seen
    assert on_sqlite.check() >= 3


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_fault_42_a_migration_is_killed(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """However far it came, the next one ends where it should."""
    url = f"sqlite:///{tmp_path / 'killed.sqlite3'}"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.create("killed")
        url = cluster.url("killed")
    env = {**os.environ, "SUIFANG_VAR": str(tmp_path), "DATABASE_URL": url}
    flask = [sys.executable, "-m", "flask", "setup"]
    for after in (1.5, 2.0, 2.3, 2.6, 3.0, 3.5, 4.0):
        running = subprocess.Popen(
            flask, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(after)
        running.kill()
        running.wait()
    done = subprocess.run(flask, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "epoch" in done.stdout
