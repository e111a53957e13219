"""gunicorn's settings for a server whose disk or memory fails on command.

``--config python:tests.faults.ailing``: a worker that is sent ``FAIL`` can sync no file any more,
until it ends. The kernel refuses it (seccomp), so what is tested is the real database on the real
way down, for any user and without a compiler. One that is sent ``STARVE`` gets no memory any more,
until it ends or is sent ``RELIEVE``: the kernel gives no further page, and what lay free is taken.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.builders.settings import ROOT

FAIL = signal.SIGRTMIN
STARVE = signal.SIGRTMIN + 1
RELIEVE = signal.SIGRTMIN + 2
_ballast: list[bytearray] = []

# seccomp, fsync, fdatasync
_NUMBERS = {"x86_64": (317, 74, 75), "aarch64": (277, 82, 83)}
_NO_NEW_PRIVILEGES = 38
_SET_FILTER, _ALL_THREADS = 1, 1
_LOAD_NUMBER, _IF_EQUAL, _ANSWER = 0x20, 0x15, 0x06  # three instructions of classic BPF
_REFUSED, _ALLOWED = 0x00050000 | errno.EIO, 0x7FFF0000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def refuse_sync() -> None:
    """From now on every fsync and fdatasync of this process fails with an input/output error.

    :raises OSError: the kernel does not let us
    """
    seccomp, fsync, fdatasync = _NUMBERS[platform.machine()]
    steps = (
        (_LOAD_NUMBER, 0, 0, 0),
        (_IF_EQUAL, 1, 0, fsync),
        (_IF_EQUAL, 0, 1, fdatasync),
        (_ANSWER, 0, 0, _REFUSED),
        (_ANSWER, 0, 0, _ALLOWED),
    )
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    kernel = ctypes.CDLL(None, use_errno=True)
    if (
        kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0
        or kernel.syscall(seccomp, _SET_FILTER, _ALL_THREADS, ctypes.byref(program)) != 0
    ):
        raise OSError(ctypes.get_errno(), "seccomp")


def starve() -> None:
    """From now on allocations of this process fail, here or there, in any thread."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    for size in (1 << 20, 1 << 16, 1 << 12, 1 << 9):
        with suppress(MemoryError):
            while True:
                _ballast.append(bytearray(size))


def relieve() -> None:
    """There is memory again."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    _ballast.clear()


def is_possible() -> bool:
    """Whether this machine lets a process forbid itself something."""
    if platform.machine() not in _NUMBERS:
        return False
    tried = subprocess.run(
        [sys.executable, "-c", "from tests.faults.ailing import refuse_sync; refuse_sync()"],
        cwd=ROOT, check=False, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return tried.returncode == 0


def filters(pid: int) -> int:
    """How many filters the kernel holds before a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("Seccomp_filters:"):
            return int(line.split()[1])
    return 0


def post_worker_init(_worker: Any) -> None:
    """gunicorn calls this in each worker before its first request."""
    signal.signal(FAIL, lambda _number, _frame: refuse_sync())
    signal.signal(STARVE, lambda _number, _frame: starve())
    signal.signal(RELIEVE, lambda _number, _frame: relieve())
