"""Server faults 33, 36, 43: requests that take too long, disks that fail, no files left.

Real gunicorn processes under phones that post without pause, as in ``test_server``.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy.engine import make_url

from tests.conftest import fill_template
from tests.databases import DURABLE, Cluster
from tests.faults import ailing
from tests.faults.server import TIMEOUT_S, Township, township

AWAY = {503, 507}


@pytest.fixture
def at(strained: Township) -> Township:
    return strained


@contextmanager
def locked(at: Township) -> Iterator[None]:
    """A stranger's transaction holds SQLite's only lock: whoever wants to write stands still."""
    file = make_url(str(at.server.house.settings.database_url)).database
    assert file is not None
    stranger = sqlite3.connect(file, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        stranger.execute("ROLLBACK")
        stranger.close()


def test_fault_33_a_request_outlives_the_workers_timeout(at: Township) -> None:
    """The timeout is for workers that hang, not for requests that wait: nobody is killed, and what
    waited is stored once.
    """
    with at.at_work():
        at.comes_through()
        before, silences = at.server.worker_pids(), [one.silences for one in at.senders]
        with locked(at):
            time.sleep(TIMEOUT_S + 1.5)
        at.comes_through()
        assert at.server.worker_pids() == before
        assert [one.silences for one in at.senders] == silences
    assert at.check() >= 3


@pytest.mark.faults
def test_fault_33_a_release_does_not_wait_for_a_request_that_hangs(at: Township) -> None:
    """HUP while everybody stands still: the old workers are ended with their requests in hand, and
    each of these is stored once or not at all; the phones send them again.
    """
    with at.at_work():
        at.comes_through()
        before = set(at.server.worker_pids())
        with locked(at):
            time.sleep(0.5)
            at.server.signal(signal.SIGHUP)
            at.until(lambda: not before & set(at.server.worker_pids()))
        at.comes_through()
    assert at.check() >= 3


@pytest.mark.faults
def test_fault_33_a_worker_that_hangs_is_replaced(at: Township) -> None:
    """Nothing moves in it any more: the master ends it, and the phones come through."""
    with at.at_work():
        at.comes_through()
        hung = at.server.worker_pids()
        for pid in hung:
            os.kill(pid, signal.SIGSTOP)
        at.until(lambda: not set(hung) & set(at.server.worker_pids()))
        at.comes_through()
    assert at.check() >= 3


def test_fault_36_what_does_not_reach_the_disk_is_never_called_stored(at: Township) -> None:
    """fsync fails: every request is told to come again, until the process is replaced."""
    if not ailing.is_possible():
        pytest.skip("this kernel lets no process forbid itself a system call")
    refused = [0] * len(at.senders)

    def everybody_again() -> bool:
        return all(
            sum(one.refusals.values()) > before
            for one, before in zip(at.senders, refused, strict=True)
        )

    with at.at_work():
        at.comes_through()
        ill = at.server.worker_pids()
        healthy = {pid: ailing.filters(pid) for pid in ill}
        for pid in ill:
            os.kill(pid, ailing.FAIL)
        at.until(lambda: all(ailing.filters(pid) > healthy[pid] for pid in ill))
        told = -1
        for _ in range(3):  # after the first round nobody has an answer from before any more
            refused[:] = [sum(one.refusals.values()) for one in at.senders]
            at.until(everybody_again)
            assert told in (-1, at.acknowledged), "told to be stored, and not on disk"
            told = at.acknowledged
        at.server.kill_all_workers()
        at.comes_through()
    assert set(at.refusals) <= AWAY, at.refusals
    assert at.check() >= 3


@pytest.fixture
def on_postgresql(tmp_path: Path) -> Iterator[tuple[Township, Cluster]]:
    cluster = Cluster.make(DURABLE)
    cluster.start()
    try:
        cluster.create("suifang")
        fill_template(cluster.url("suifang"), tmp_path)
        with township(cluster.url("suifang"), tmp_path / "var") as made:
            yield made, cluster
    finally:
        cluster.stop("immediate")
        cluster.remove()


@pytest.mark.faults
def test_fault_36_a_postgresql_that_cannot_write_starts_again(
    on_postgresql: tuple[Township, Cluster],
) -> None:
    """Its processes may write no file any more; it ends them and recovers, ten times."""
    at, cluster = on_postgresql
    master = psutil.Process(int(Path(cluster.folder, "data/postmaster.pid").read_text().split()[0]))
    with at.at_work():
        for _ in range(10):
            at.comes_through(within_s=60)
            ill = master.children()
            # The first to fail takes the others along, so some are gone when their turn comes.
            assert any([cluster.forbid_writing(one.pid) for one in ill])
            psutil.wait_procs(ill, timeout=60)
            assert not any(one.is_running() for one in ill)
        at.comes_through(within_s=60)
    assert set(at.refusals) <= AWAY, at.refusals
    print(f"\n10 crashes, {at.check()} records, 0 lost, 0 twice, 0 half")


@contextmanager
def no_more_files(at: Township) -> Iterator[list[int]]:
    """Strangers connect and say nothing, until no worker can open anything; who works then."""
    pids = at.server.worker_pids()
    own = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids}
    with ExitStack() as strangers:
        for pid in pids:
            room = psutil.Process(pid).num_fds() + 3
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (room, own[pid][1]))
        for _ in range(30):
            door = ("127.0.0.1", at.server.port)
            strangers.enter_context(socket.create_connection(door, timeout=5))
        at.until(lambda: all(_is_full(pid) for pid in pids))
        yield pids
    for pid in set(pids) & set(at.server.worker_pids()):
        resource.prlimit(pid, resource.RLIMIT_NOFILE, own[pid])


def _is_full(pid: int) -> bool:
    return bool(psutil.Process(pid).num_fds() >= resource.prlimit(pid, resource.RLIMIT_NOFILE)[0])


def test_fault_43_out_of_files(at: Township) -> None:
    """Nobody dies of it; who cannot be let in waits at the door until there is room."""
    with at.at_work():
        at.comes_through()
        with no_more_files(at) as pids:
            time.sleep(1.0)
            assert at.server.worker_pids() == pids, "a worker died of it"
        at.comes_through()
    assert set(at.refusals) <= AWAY, at.refusals
    assert at.check() >= 3
