"""A push delivered by the DevTools, shown by a real Chromium.

The DevTools hand the message to the service worker as it would be after decryption; Firefox shows
the whole way (``test_push_firefox.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, Page

from backend.kernel.ids import new_id
from backend.reminders.model import Reminder
from backend.reminders.rules.texts import push_message
from tests.browser.running import running_suifang
from tests.browser.test_push_firefox import TOKEN, born, seed
from tests.builders.reminders import SENTENCES
from tests.fakes.clock import MORNING

pytestmark = pytest.mark.browser

SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration('/family/')
  return (await registration.getNotifications()).map(n => n.body)
}"""


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


ACTIVATED = """navigator.serviceWorker.ready.then(({active}) => active.state === 'activated' ||
  new Promise((done) => active.addEventListener('statechange',
    () => active.state === 'activated' && done(true))))"""
"""A message to a worker that is still activating may be lost, and nobody sends it again here."""


def shows(page: Page, *bodies: str) -> None:
    """Wait until these notifications are shown, in any order."""
    found: list[str] = []
    for _ in range(100):
        found = page.evaluate(SHOWN)
        if sorted(found) == sorted(bodies):
            return
        page.wait_for_timeout(50)
    raise AssertionError(found)


def test_chromium_shows_the_message_and_a_repeated_one_in_its_place(
    browser: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    with running_suifang(tmp_path / "var", sqlite_template, worker=False) as suifang:
        seed(suifang.house)
        context = browser.new_context(locale="zh-CN")
        context.grant_permissions(["notifications"], origin=suifang.origin)
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        registrations: list[dict[str, Any]] = []
        devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: registrations.extend(event["registrations"]),
        )
        devtools.send("ServiceWorker.enable")
        page.goto(f"{suifang.origin}/family/#{TOKEN}")
        page.get_by_label("孩子的出生日期").fill(born(suifang.house).isoformat())
        page.get_by_role("button", name="打开", exact=True).click()
        page.get_by_role("heading", name="王小宝").wait_for()
        page.evaluate(ACTIVATED)
        (registration,) = {one["registrationId"] for one in registrations}

        def deliver(message: str) -> None:
            devtools.send(
                "ServiceWorker.deliverPushMessage",
                {"origin": suifang.origin, "registrationId": registration, "data": message},
            )

        first = new_id()
        deliver(a_message(first, -1))
        shows(page, "孩子的接种时间快到了，打开查看")
        deliver(a_message(first, 7))  # sent again after a crash: it takes the place of the first
        shows(page, "孩子的接种时间到了，打开查看")
        deliver(a_message(new_id(), -7))
        shows(page, "孩子的接种时间到了，打开查看", "孩子的接种时间快到了，打开查看")
        context.close()


def test_where_no_push_service_is_reached_the_page_says_so(
    browser: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    """Chrome in mainland China: asking for an address fails or hangs; nobody is left waiting."""
    with running_suifang(tmp_path / "var", sqlite_template, worker=False) as suifang:
        seed(suifang.house)
        context = browser.new_context(locale="zh-CN")
        context.grant_permissions(["notifications"], origin=suifang.origin)
        page = context.new_page()
        page.goto(f"{suifang.origin}/family/#{TOKEN}")
        page.get_by_label("孩子的出生日期").fill(born(suifang.house).isoformat())
        page.get_by_role("button", name="打开", exact=True).click()
        page.get_by_role("button", name="打开提醒").click()
        page.get_by_role("button", name="再试一次").wait_for(timeout=20_000)
        assert page.get_by_text("已打开提醒").count() == 0
        context.close()
