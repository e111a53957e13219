"""Doing a step, saying so when it takes long, and saying what went wrong when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
TICK_SECONDS = 5.0
QUIET_SECONDS = 1.5
LINES_SHOWN = 60
NOT_PASSED_ON = (
    "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE",  # costs three seconds at every start
)  # fmt: skip


class Stop(Exception):
    """The command cannot go on; the text is a sentence for the person who gave it."""


def say(text: str) -> None:
    """A line for the person who gave the command."""
    print(text, flush=True)


class Progress:
    """Prints ``title ... 12 s`` around a block of work, and nothing for what is done at once."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._begun = time.monotonic()
        self._ended = threading.Event()
        self._spoke = False
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._ticker.join()
        if self._spoke:
            say(f" {time.monotonic() - self._begun:.0f} s")

    def _tick(self) -> None:
        if self._ended.wait(QUIET_SECONDS):
            return
        self._spoke = True
        print(f"{self._title} ...", end="", flush=True)
        while not self._ended.wait(TICK_SECONDS):
            print(".", end="", flush=True)


def environment(**more: str) -> dict[str, str]:
    """This process's environment, for programs that are started from the project's root."""
    env = {**os.environ, **more}
    for name in NOT_PASSED_ON:
        env.pop(name, None)
    return env


def output(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> str | None:
    """What a program prints, or nothing when it is missing or fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT, env=env, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def do(
    title: str,
    command: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    hint: str = "",
) -> str:
    """Run a program quietly and return its standard output.

    :raises Stop: it failed; the last lines of what it said are shown
    """
    words = [str(part) for part in command]
    with Progress(title):
        done = subprocess.run(
            words,
            cwd=cwd,
            env=env or environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-LINES_SHOWN:])
        print(tail, file=sys.stderr, flush=True)
        raise Stop(f"{title} failed ({' '.join(words[:4])} ..., exit {done.returncode}). {hint}")
    return done.stdout
