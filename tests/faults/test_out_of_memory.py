"""Server fault 43, the other half: workers that get no memory any more.

Real gunicorn processes under phones that post without pause, as in ``test_server``. The kernel
refuses every further page, so that an allocation fails wherever it happens to be. The master's own
patience is that of an installation: what hangs is not ended for a minute.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults import ailing
from tests.faults.server import AILING, Township, sqlite_copy, township

STARVED_S = 2.0
AGAIN_S = 45.0
"""A new worker compiles every form first: 4 s, or 20 s on a machine that is full of work."""
TIMES = 4


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> Iterator[Township]:
    url = sqlite_copy(sqlite_template, tmp_path / "data")
    with township(url, tmp_path / "var", options=AILING) as made:
        yield made


@pytest.mark.faults
def test_fault_43_out_of_memory(at: Township) -> None:
    """A worker that cannot go on says so or is replaced, long before the master would miss it."""
    replaced = 0
    with at.at_work():
        for no in range(TIMES):
            at.comes_through(AGAIN_S)
            pids = at.server.worker_pids()
            for pid in pids:
                os.kill(pid, ailing.STARVE)
            time.sleep(STARVED_S)
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, ailing.RELIEVE)
            began = time.monotonic()
            at.comes_through(AGAIN_S)
            replaced += len(set(pids) - set(at.server.worker_pids()))
            print(f"\n{no}: through after {time.monotonic() - began:.1f} s")
    print(f"{replaced} workers replaced, refused {dict(at.refusals)}")
    assert set(at.refusals) <= {500, 503}, at.refusals
    assert at.check() >= TIMES
