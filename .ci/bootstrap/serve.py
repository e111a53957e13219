"""``make run``: from a bare machine to three open doors, and a clean end at Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from types import FrameType

import machine
import pages
from steps import ROOT, Progress, Stop, do, environment, say

READY_SECONDS = 90
READY = "/api/v1/health/ready"


def run() -> int:
    """Set up, load the sample county into a new database, serve until told to stop."""
    host = os.environ.get("SUIFANG_HOST") or "0.0.0.0"  # noqa: S104 - phones come through a proxy
    port = _free_port(host)
    machine.python_packages(["node"] if machine.needs_node() else [], exact=False)
    pages.build(pages.packages())
    flask = machine.tool("flask")
    doors = do("Database, forms, sample", [flask, "sample", "open", "--port", str(port)])
    return _serve(host, port, doors)


def _free_port(host: str) -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Stop(f"PORT must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Stop(f"Port {port} is the administrator's. Try: PORT=8000 make run") from None
        except OSError as error:
            raise Stop(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Another program may have it; try: PORT={port + 1} make run"
            ) from None
    return port


def _serve(host: str, port: int, doors: str) -> int:
    # A session of its own, so that Ctrl-C reaches us alone and the others get one clean TERM.
    honcho = subprocess.Popen(
        [machine.tool("honcho"), "start"],
        cwd=ROOT,
        env=environment(PORT=str(port), PYTHONUNBUFFERED="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    threading.Thread(target=_relay, args=(honcho.stdout or (),), daemon=True).start()
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            with contextlib.suppress(ProcessLookupError):
                honcho.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)

    with Progress("Starting"):
        ready = _wait_until_ready(host, port, lambda: stopping or honcho.poll() is not None)
    if ready:
        say(f"\n{doors.rstrip()}\n\nCtrl-C ends everything.\n")
    elif not stopping:
        stop(signal.SIGTERM, None)
        honcho.wait()
        raise Stop("The server did not become ready. What it said stands above.")
    code = honcho.wait()
    if not stopping:
        raise Stop(f"The server ended by itself (exit {code}). What it said stands above.")
    return 0


def _relay(lines: Iterable[bytes]) -> None:
    """Pass on what the processes say. A closed terminal must not kill them half-way."""
    for line in lines:
        with contextlib.suppress(OSError):
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()


def _wait_until_ready(host: str, port: int, given_up: Callable[[], bool]) -> bool:
    at = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    url = f"http://{at}:{port}{READY}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and not given_up():
        try:
            with opener.open(url, timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    return False
