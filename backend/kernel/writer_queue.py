"""Standing in line to write to SQLite.

SQLite lets one writer in and makes the others ask again after ever longer naps, so that with many
phones at once most of the time is slept away and the unlucky wait for seconds. Writers of this
house queue at a lock file instead, which wakes the next one at once. The file is empty; whoever
holds the lock and dies leaves it to the next.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from sqlalchemy import Engine


class WriterQueue(Protocol):
    """Whatever lets writers in one after the other."""

    def turn(self) -> AbstractContextManager[None]: ...


class _NoQueue:
    """A database that orders its writers well by itself."""

    def turn(self) -> AbstractContextManager[None]:
        return nullcontext()


class _LockFile:
    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._threads:  # a lock on a file is the process's, not the thread's
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
            finally:
                os.close(file)


def writer_queue(engine: Engine) -> WriterQueue:
    """The queue of an engine's database: a lock file beside an SQLite file, else none."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        return _NoQueue()
    return _LockFile(f"{database}.writers")
