"""Every screen of the doctor's phone and of the mother's page, in both languages: no violation of
axe, contrast of 7:1, targets of 44 px; and a whole form by the keyboard alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.sample.doors import doors
from tests.browser.accessible import small_targets, unheard, unreachable, violations
from tests.browser.chromium import CHINA, PHONE, Handset
from tests.browser.doctor import Doctor
from tests.browser.phone_screens import walk, wanted
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser

_ONWARD = re.compile("^(下一页|检查并完成|先跳过)$")
ENGLISH = "() => localStorage.setItem('suifang.locale', 'en')"


class Walk:
    """A walk through screens that gathers what is wrong with each."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.wrong: dict[str, list[str]] = {}

    def done(self) -> None:
        """:raises AssertionError: something is wrong with a screen"""
        assert not self.wrong, json.dumps(self.wrong, ensure_ascii=False, indent=1)

    def look(self, name: str) -> None:
        """Look at the screen that is shown."""
        self._page.wait_for_timeout(150)
        found = violations(self._page) + small_targets(self._page) + unheard(self._page)
        if found:
            self.wrong[name] = found


@pytest.mark.parametrize(
    ("language", "login"),
    [("zh", "doctor4"), pytest.param("en", "doctor5", marks=pytest.mark.faults)],
)
def test_no_screen_of_the_phone_shuts_anybody_out(
    sample: SampleCounty, handset: Callable[..., Handset], language: str, login: str
) -> None:
    phone = handset(sample.member(login, "hypertension").place, bypass_csp=True)
    seen: set[str] = set()
    found = None
    for name in walk(sample, phone, login, language):
        found = found or Walk(phone.page)
        found.look(name)
        seen.add(name.partition(",")[0])
    assert found is not None
    found.done()
    assert seen == wanted(), "a screen nobody has looked at, or one that is no more"


def test_a_whole_form_by_the_keyboard_alone(
    sample: SampleCounty, handset: Callable[..., Handset]
) -> None:
    patient = sample.member("doctor4", "hypertension", 1)
    phone = handset(patient.place, bypass_csp=True)
    doctor = Doctor(phone.open(), sample.origin)
    page = doctor.page
    doctor.open()
    doctor.sign_in_first("doctor4", sample.one_time_password("doctor4"))
    doctor.find(patient.resident.name, patient.resident.id)
    doctor.begin("高血压随访")
    wrong: dict[str, list[str]] = {}
    title = page.get_by_role("heading", level=2).first
    for _ in range(20):
        name = title.inner_text()
        found = unreachable(page) + violations(page) + small_targets(page) + unheard(page)
        if found:
            wrong[name] = found
        if "检查并完成" in name:
            break
        _press_onward(page, name)
        if title.inner_text() == name:  # what is missing is said first, then it may be skipped
            expect(page.get_by_role("alert")).to_be_visible()
            if told := unheard(page):
                wrong[f"{name}, not complete"] = told
            _press_onward(page, "")
        expect(title).not_to_have_text(name)
        expect(title).to_be_focused()
    assert wrong == {}
    assert "检查并完成" in title.inner_text()


def _press_onward(page: Page, title: str) -> None:
    """By the keyboard; waits until the page has turned, or says what is missing."""
    page.get_by_role("button", name=_ONWARD).focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        """title => document.querySelector('h2').innerText !== title
          || document.querySelector('[role=alert]') !== null""",
        arg=title,
    )


@pytest.fixture
def mother(browser: Browser, sample: SampleCounty) -> Iterator[Page]:
    """The page of a mother, on her phone."""
    context = browser.new_context(**(PHONE | CHINA), bypass_csp=True)
    page = context.new_page()
    found = doors(sample.running.house, everybody=False)
    page.goto(f"{sample.origin}/family/#{found.family_token}")
    page.get_by_label("孩子的出生日期").fill(str(found.born))
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("heading", name=str(found.child))).to_be_visible()
    yield page
    context.close()


def test_no_screen_of_the_mother_shuts_anybody_out(mother: Page) -> None:
    walk = Walk(mother)
    walk.look("zh plan")
    mother.evaluate(ENGLISH)
    mother.reload()
    mother.wait_for_timeout(500)
    walk.look("en plan")
    walk.done()
    assert unreachable(mother) == []
