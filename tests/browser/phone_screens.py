"""Every screen of the doctor's phone, one after the other, in either language.

``for name in walk(county, phone, login, "en")`` stops at each of them while it stands there: to be
looked at, or photographed. What there is to see is read from the code of the phone itself, so that
a screen nobody walks to is missed (``wanted``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from backend.accounts.service import administration
from backend.kernel.ids import new_id
from backend.sites import service as sites
from backend.sites.model import Site
from tests.browser.chromium import Handset
from tests.browser.doctor import PIN
from tests.browser.sample import SampleCounty
from tests.builders.accounts import PASSWORD
from tests.builders.phone import PWA

_CAPTURE = PWA / "src" / "capture"
SCHOOL = "清河小学"
_ONWARD = re.compile("^(下一页|检查并完成|Next|Check and finish)$")
_NOT_SCREENS = {"starting", "open"}
"""Stages that show nothing of their own."""
_BY_ADDRESS = (
    "people", "households", "resident", "household", "village", "site", "outbox", "settings",
    "check", "tour", "round", "month",
)  # fmt: skip
ZH = {
    "language": "中文", "login": "账号", "password": "密码", "sign in": "登录", "new": "新密码",
    "again": "再输一次", "save": "保存", "choose": "设置 6 位数字 PIN", "repeat": "再输一遍",
    "enter": "输入 PIN", "today": "今日工作", "go on": "接着下载", "follow-up": "高血压随访",
    "finish": "完成并保存", "saved": "已保存在这部手机上", "lock": "现在锁定",
    "forgotten": "忘记 PIN", "cancel": "取消", "retry": "再试一次",
}  # fmt: skip
EN = {
    "language": "English", "login": "Account", "password": "Password", "sign in": "Sign in",
    "new": "New password", "again": "Once more", "save": "Save",
    "choose": "Choose a PIN of 6 digits", "repeat": "Once more", "enter": "Enter your PIN",
    "today": "Today", "go on": "Go on downloading", "follow-up": "Hypertension follow-up",
    "finish": "Finish and save", "saved": "Saved on this phone", "lock": "Lock now",
    "forgotten": "Forgotten PIN", "cancel": "Cancel", "retry": "Try again",
}  # fmt: skip
WORDS = {"zh": ZH, "en": EN}


def wanted() -> set[str]:
    """The names of everything the phone can show: its stages, and behind the PIN its screens."""
    stages = _names("type Stage =", _CAPTURE / "actions" / "phone.ts")
    return stages - _NOT_SCREENS | _names("type Screen =", _CAPTURE / "route.ts")


def _names(declaration: str, file: Path) -> set[str]:
    line = file.read_text(encoding="utf-8").partition(declaration)[2].partition("\n")[0]
    return set(re.findall(r"'(\w+)'", line))


def walk(county: SampleCounty, phone: Handset, login: str, language: str) -> Iterator[str]:
    """Go to every screen; the name of each, with what is seen of it after a comma."""
    screens = _Screens(county, phone.open(), login, WORDS[language])
    yield from screens.into_the_phone()
    yield from screens.at_work()
    yield from screens.a_form()
    yield from screens.out_of_it()


class _Screens:
    def __init__(self, county: SampleCounty, page: Page, login: str, words: dict[str, str]) -> None:
        self._county, self._page, self._login, self._say = county, page, login, words
        self._patient = county.member(login, "hypertension", 2)

    def into_the_phone(self) -> Iterator[str]:
        """From the sign-in to the day's list."""
        page, county = self._page, self._county
        page.goto(f"{county.origin}/capture/")
        page.get_by_role("button", name=self._say["language"], exact=True).click()
        expect(page.get_by_label(self._say["login"])).to_be_visible()
        yield "welcome"
        page.get_by_label(self._say["login"]).fill(self._login)
        one_time = county.one_time_password(self._login)
        page.get_by_label(self._say["password"], exact=True).fill(one_time)
        self._press("sign in")
        expect(page.get_by_label(self._say["new"])).to_be_visible()
        yield "welcome, own password"
        page.get_by_label(self._say["new"]).fill(PASSWORD)
        page.get_by_label(self._say["again"]).fill(PASSWORD)
        self._press("save")
        expect(page.get_by_text(self._say["choose"])).to_be_visible()
        yield "choose_pin"
        self._type_pin()
        expect(page.get_by_text(self._say["repeat"])).to_be_visible()
        with county.running.without_web():
            self._type_pin()
            expect(self._button("go on")).to_be_visible(timeout=30_000)
            yield "download"
        self._at_work()

    def at_work(self) -> Iterator[str]:
        """What has an address of its own."""
        page = self._page
        page.locator("details summary").first.click()  # the first day's guide
        yield "today"
        for name in _BY_ADDRESS:
            self._go(name, self._subject(name))
            if name == "site":
                school = self._page.get_by_role("heading", name=SCHOOL, level=1)
                expect(school).to_be_visible(timeout=30_000)
            yield name

    def a_form(self) -> Iterator[str]:
        """A visit to somebody who has moved away: the shortest form there is."""
        page = self._page
        self._go("resident", self._patient.resident.id)
        follow_up = re.compile(f"^{self._say['follow-up']}")
        page.get_by_role("button", name=follow_up).first.click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        yield "form"
        page.locator('[data-path="visit_outcome"] input[value="2"]').check()
        page.locator('[data-path="lost_reason"] input').fill("外出务工")
        page.get_by_role("button", name=_ONWARD).click()
        expect(self._button("finish")).to_be_visible()
        yield "form, review"
        self._press("finish")
        expect(page.get_by_role("heading", name=self._say["saved"])).to_be_visible()
        yield "done"

    def out_of_it(self) -> Iterator[str]:
        """Locked, shut out by the township, and in a browser that keeps nothing."""
        page, house = self._page, self._county.running.house
        self._go("settings")
        self._press("lock")
        expect(page.get_by_text(self._say["enter"])).to_be_visible()
        yield "locked"
        self._press("forgotten")
        expect(self._button("cancel")).to_be_visible()
        yield "locked, PIN forgotten"
        self._press("cancel")
        account = self._county.account(self._login).id
        with house.write() as session:
            administration.disable(session, account, house.clock())
        try:
            self._type_pin()
            expect(self._button("retry")).to_be_visible(timeout=30_000)
            yield "stopped"
        finally:
            with house.write() as session:
                administration.enable(session, account)
        page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
        page.reload()
        expect(self._button("retry")).to_be_visible()
        yield "trouble"

    def _subject(self, screen: str) -> str:
        if screen == "site":
            return self._school()
        subjects = {
            "resident": self._patient.resident.id,
            "household": self._patient.household.id,
            "round": "health_exam",
        }
        return subjects.get(screen, "")

    def _school(self) -> str:
        """A place that is looked after; it comes to the phone with the next round."""
        house, home = self._county.running.house, self._patient.household
        school = Site(new_id(), home.village_code, SCHOOL, "1", place=home.place)
        with house.write() as session:
            sites.save(session, house.vault, [school], house.clock())
        self._page.evaluate("dispatchEvent(new Event('online'))")
        return school.id

    def _go(self, screen: str, subject: str = "") -> None:
        address = f"#/{screen}/{subject}" if subject else f"#/{screen}"
        self._page.evaluate("address => { location.hash = address }", address)
        self._page.wait_for_function(
            "address => location.hash === address && document.querySelector('main h1')", arg=address
        )
        expect(self._page.get_by_role("heading", level=1).first).to_be_visible()

    def _at_work(self) -> None:
        heading = self._page.get_by_role("heading", name=self._say["today"], level=1)
        expect(heading).to_be_visible(timeout=30_000)
        self._page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def _type_pin(self) -> None:
        for digit in PIN:
            self._page.get_by_role("button", name=digit, exact=True).click()

    def _button(self, word: str) -> Locator:
        return self._page.get_by_role("button", name=self._say[word], exact=True)

    def _press(self, word: str) -> None:
        self._button(word).click()
