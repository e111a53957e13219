"""Firefox, driven over WebDriver BiDi by a plain WebSocket."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.fakes.push_server import PushServer

START_S = 40.0


class Firefox:
    """One tab of a running Firefox."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last = 0
        self.call("session.new", capabilities={})
        tree = self.call("browsingContext.getTree")
        self._tab = tree["contexts"][0]["context"]

    def call(self, method: str, **params: Any) -> Any:
        """Send a command and wait for its result. :raises AssertionError: it failed"""
        self._last += 1
        command = {"id": self._last, "method": method, "params": params}
        self._socket.send(json.dumps(command))
        while True:
            said = json.loads(self._socket.recv(timeout=30))
            if said.get("id") == self._last:
                assert said["type"] == "success", said
                return said["result"]

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        self.call("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def run(self, expression: str, *, by_hand: bool = False) -> Any:
        """Evaluate an expression, wait for its promise, and return it through JSON."""
        result = self.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})) ?? 'null')()",
            target={"context": self._tab},
            awaitPromise=True,
            userActivation=by_hand,
        )
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def until(self, expression: str, seconds: float = 10.0) -> Any:
        """Evaluate until the answer is truthy. :raises AssertionError: it never was"""
        end = time.monotonic() + seconds
        while True:
            value = self.run(expression)
            if value or time.monotonic() > end:
                page = "" if value else self.run("document.body.innerText")
                assert value, f"never true in {seconds} s: {expression}\n{page}"
                return value
            time.sleep(0.1)


@contextmanager
def running_firefox(profile: Path, prefs: dict[str, str | int | bool]) -> Iterator[Firefox]:
    """A headless Firefox with a profile of its own; the whole process group ends with the block."""
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    assert binary is not None, "firefox-esr is missing: apt-get install firefox-esr"
    profile.mkdir(parents=True, exist_ok=True)
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in prefs.items()
    ]
    (profile / "user.js").write_text("\n".join(lines))
    log = profile / "firefox.log"
    command = [binary, "--headless", "--no-remote", "--remote-debugging-port=0"]
    command += ["--profile", str(profile), "about:blank"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
    try:
        address = _address(process, log)
        with connect(f"{address}/session", open_timeout=10, max_size=2**24) as socket:
            yield Firefox(socket)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def push_prefs(service: PushServer) -> dict[str, str | int | bool]:
    """A Chinese Firefox that gets its messages from our push server, and shows them."""
    return {
        "dom.push.serverURL": service.socket_url,
        "dom.push.testing.allowInsecureServerURL": True,
        "permissions.default.desktop-notification": 1,
        "alerts.useSystemBackend": False,
        "intl.accept_languages": "zh-CN",
        "dom.push.connection.enabled": True,  # remote control switches it off otherwise
    }


def press(firefox: Firefox, label: str) -> None:
    """Press the button with this label, once it is there."""
    button = (
        f"[...document.querySelectorAll('button')].find(b => b.textContent.trim() === '{label}')"
    )
    firefox.until(f"!!({button})")
    firefox.run(f"({button}).click()", by_hand=True)


def tell_birth_date(firefox: Firefox, born: date) -> None:
    """Type the child's birth date, as the family page asks once."""
    until_shown(firefox, "请输入孩子的出生日期")
    firefox.run(
        f"(field => {{ field.value = '{born}'; field.dispatchEvent(new Event('input')) }})"
        "(document.querySelector('input[type=date]'))"
    )
    press(firefox, "打开")


def until_shown(firefox: Firefox, text: str) -> None:
    """Wait until the page shows a text."""
    firefox.until(f"document.body.innerText.includes('{text}')", seconds=15)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        found = re.search(
            r"WebDriver BiDi listening on (ws://\S+)", log.read_text(errors="replace")
        )
        if found:
            return found.group(1)
        time.sleep(0.1)
    raise AssertionError(f"Firefox did not start:\n{log.read_text(errors='replace')[-2000:]}")
