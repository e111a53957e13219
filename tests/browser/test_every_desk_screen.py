"""Every screen of the desk, in both languages: no violation of axe, nothing runs over the edge; and
on a phone it can still be read. The list of screens is the desk's own.
"""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from backend import jobs
from tests.browser.accessible import violations
from tests.browser.chromium import CHINA, DESK, PHONE
from tests.browser.desk import Desk
from tests.browser.sample import SampleCounty
from tests.browser.township_at_work import lay_in
from tests.builders.phone import PWA

pytestmark = pytest.mark.browser

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def places() -> list[str]:
    """Where the desk can be, from its own list: a new one cannot be forgotten."""
    route = (PWA / "src" / "desk" / "route.ts").read_text(encoding="utf-8")
    listed = re.search(r"PLACES: readonly Place\[\] = \[([^\]]+)\]", route)
    assert listed is not None
    found = re.findall(r"'(\w+)'", listed[1])
    assert len(found) >= 14
    return found


@pytest.fixture
def page(sample: SampleCounty, browser: Browser) -> Page:
    """The county's desk, with something to look at on its screens."""
    house = sample.running.house
    doctor = sample.account("doctor3")
    patients = [sample.member("doctor3", "hypertension", no) for no in range(3)]
    lay_in(house, doctor.id, patients * 4, invented=True)
    jobs.weigh_credibility(house, house.clock())
    jobs.refresh_figures(house, house.clock())
    desk = Desk(browser.new_page(**DESK, bypass_csp=True), sample.origin)
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    desk.page.set_default_timeout(20_000)
    return desk.page


def come_to(page: Page, place: str) -> None:
    page.evaluate("(place) => { location.hash = `#/${place}` }", place)
    expect(page.locator(f".rail-link[href='#/{place}'][aria-current=page]")).to_be_attached()
    expect(page.locator(".shell-main").get_by_role("heading").first).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.faults)])
def test_no_screen_of_the_desk_shuts_anybody_out(page: Page, language: str) -> None:
    page.evaluate("(language) => localStorage.setItem('suifang.locale', language)", language)
    page.reload()
    expect(page.locator(".rail-link").first).to_be_attached(timeout=20_000)  # signed in anew
    wrong: dict[str, list[str]] = {}
    for place in places():
        come_to(page, place)
        found = violations(page)
        over = page.evaluate(WIDER)
        if over > 0:
            found.append(f"{over} px over the edge")
        if found:
            wrong[place] = found
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


@pytest.mark.faults
def test_on_a_phone_the_desk_is_still_to_be_read(page: Page, browser: Browser) -> None:
    state = page.context.storage_state()
    phone = browser.new_context(**(PHONE | CHINA), storage_state=state).new_page()
    phone.goto(page.url)
    wrong = {}
    for place in places():
        come_to(phone, place)
        over = phone.evaluate(WIDER)
        if over > 0:
            wrong[place] = over
    assert wrong == {}
