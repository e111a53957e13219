"""Debian's Chromium: how it is started, and how it is killed as a phone's battery kills it."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

LAUNCH: dict[str, Any] = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
}  # fmt: skip
CHINA: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
PHONE: dict[str, Any] = CHINA | {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
DESK: dict[str, Any] = CHINA | {"viewport": {"width": 1366, "height": 768}}
PATIENCE_MS = 10_000


class Handset:
    """A phone whose browser keeps what it stored, however it ended.

    :param place: (lng, lat) where the phone is held
    """

    def __init__(
        self, playwright: Playwright, profile: Path, place: tuple[float, float], **options: Any
    ) -> None:
        self._playwright = playwright
        self._profile = profile
        self._options = (
            LAUNCH
            | PHONE
            | {
                "permissions": ["geolocation"],
                "geolocation": {"longitude": place[0], "latitude": place[1], "accuracy": 8},
            }
            | options
        )
        self._context: BrowserContext | None = None

    def open(self) -> Page:
        """Start the browser; its one tab."""
        self._context = self._playwright.chromium.launch_persistent_context(
            self._profile, **self._options
        )
        self._context.set_default_timeout(PATIENCE_MS)
        return self._context.pages[0]

    @property
    def page(self) -> Page:
        """The one tab of the open browser."""
        assert self._context is not None, "the phone is not open"
        return self._context.pages[0]

    def promise_storage(self, origin: str) -> None:
        """Let the browser promise to keep what is stored, as it does for an installed app."""
        assert self._context is not None
        devtools = self._context.new_cdp_session(self._context.pages[0])
        permissions = ["durableStorage", "geolocation"]
        devtools.send("Browser.grantPermissions", {"origin": origin, "permissions": permissions})

    def be_at(self, place: tuple[float, float]) -> None:
        """Carry the phone to another place."""
        assert self._context is not None
        fix = {"longitude": place[0], "latitude": place[1], "accuracy": 8}
        self._options["geolocation"] = fix
        self._context.set_geolocation(fix)

    def forget_cookies(self) -> None:
        """What the browser had not written down when it was killed."""
        assert self._context is not None
        self._context.clear_cookies()

    def kill(self) -> None:
        """``kill -9`` to the browser and every process of it: nothing is put away."""
        # The lock's target is `host-pid`; Playwright does not tell the pid of the browser.
        pid = int((self._profile / "SingletonLock").readlink().name.rpartition("-")[2])
        os.killpg(os.getpgid(pid), signal.SIGKILL)
        with contextlib.suppress(Error):  # Playwright may have noticed by itself
            self.close()
        self._context = None

    def picture(self, file: Path) -> None:
        """What stands on the screen, for whoever wonders why a test failed."""
        if self._context is not None:
            self._context.pages[0].screenshot(path=file)

    def close(self) -> None:
        """End the browser."""
        if self._context is not None:
            self._context.close()
            self._context = None
