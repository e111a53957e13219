"""A push delivered by the DevTools, shown by a real Chromium.

The DevTools hand the message to the service worker as it would be after decryption; Firefox shows
the whole way (``test_push_firefox.py``).
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, Page

from backend.kernel.ids import new_id
from backend.reminders.model import Reminder
from backend.reminders.rules.texts import push_message
from tests.browser.pages import write_pages
from tests.builders.reminders import SENTENCES
from tests.fakes.clock import MORNING

pytestmark = pytest.mark.browser

SHOWN = """navigator.serviceWorker.getRegistration('/family/').then(r => r.getNotifications())
  .then(all => all.map(n => ({title: n.title, body: n.body, tag: n.tag})))"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium."""
    return browser_type_launch_args | {
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox"],
    }


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[str]:
    """The built pages, without a server behind them; their origin."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            return

    folder = str(write_pages(tmp_path / "pages"))
    handler = functools.partial(Handler, directory=folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


def a_message(reminder_id: str, step: int) -> str:
    reminder = Reminder(
        id=reminder_id,
        addressee_kind="family",
        addressee_id=new_id(),
        reason="vaccination",
        occurrence="2026-11-23",
        area_code="990123100201",
        due_at=MORNING,
        expires_at=MORNING,
        message={"kind": "family", "steps": [["HepB-2", step]]},
        state="planned",
        attempts=1,
    )
    return orjson.dumps(push_message(reminder, "zh-CN", SENTENCES)).decode()


def test_chromium_shows_the_message_and_a_repeated_one_in_its_place(
    browser: Browser, pages: str
) -> None:
    context = browser.new_context(locale="zh-CN")
    context.grant_permissions(["notifications"], origin=pages)
    page: Page = context.new_page()
    devtools = context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.goto(f"{pages}/family/")
    page.evaluate("registered.then(() => true)")
    (registration,) = {one["registrationId"] for one in registrations}

    def deliver(message: str) -> None:
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": pages, "registrationId": registration, "data": message},
        )

    first = new_id()
    deliver(a_message(first, -1))
    page.wait_for_function(f"{SHOWN}.then(all => all.length === 1)")
    deliver(a_message(first, 7))  # sent again after a crash: it takes the place of the first
    page.wait_for_function(f"{SHOWN}.then(all => all[0].body.includes('到了'))")
    deliver(a_message(new_id(), -7))
    page.wait_for_function(f"{SHOWN}.then(all => all.length === 2)")
    assert {one["body"] for one in page.evaluate(SHOWN)} == {
        "孩子的接种时间到了，打开查看",
        "孩子的接种时间快到了，打开查看",
    }
    context.close()
