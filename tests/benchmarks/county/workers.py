"""Worker processes of the county, which are killed now and then."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.benchmarks.county.people import County
from tests.fakes import county_worker

WORKERS = 3


class Workers:
    """Processes that are told what to do, and sometimes killed while they do it."""

    def __init__(self, county: County, var: Path) -> None:
        self._county, self._var = county, var
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([county_worker.__name__])
        self._all = [self._start() for _ in range(WORKERS)]

    def _start(self) -> tuple[ForkServerProcess, Connection]:
        mine, theirs = self._context.Pipe()
        county = self._county
        one = self._context.Process(
            target=county_worker.work,
            args=(theirs, county.url, str(self._var), county.push.origin, county.sms.url),
            daemon=True,
        )
        one.start()
        theirs.close()
        return one, mine

    def tell(self, names: tuple[str, ...]) -> None:
        """Everybody sends; one of them plans. Some are killed in the middle."""
        county = self._county
        planner = county.chance.randrange(WORKERS)
        busy = []
        for index, (process, pipe) in enumerate(self._all):
            mine = names if index == planner else tuple(n for n in names if n == "send")
            pipe.send((county.now, mine))
            busy.append((index, process, pipe))
        for index, process, pipe in busy:
            if county.chance.random() < county.size.kills:
                time.sleep(county.chance.uniform(0, 0.03))
                if process.pid is not None:
                    os.kill(process.pid, signal.SIGKILL)
                process.join()
                pipe.close()
                self._all[index] = self._start()
                county.totals.kills += 1
                continue
            pipe.recv()

    def end(self) -> None:
        """Send everybody home."""
        for process, pipe in self._all:
            pipe.send(None)
            process.join()
