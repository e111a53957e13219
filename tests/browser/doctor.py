"""What a village doctor does on the phone, through what can be seen and pressed there."""

from __future__ import annotations

import re
from datetime import date

import numpy
import zxingcpp
from playwright.sync_api import Locator, Page, expect

from tests.builders.accounts import PASSWORD

PIN = "258036"
_ONWARD = re.compile("^(下一页|检查并完成)$")


class Doctor:
    """A doctor with the page of the phone."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self._origin = origin

    def open(self) -> None:
        """Open the doctor's entry."""
        self.page.goto(f"{self._origin}/capture/")

    def sign_in_first(self, login: str, one_time: str, within_ms: int = 30_000) -> None:
        """The first sign-in, from the one-time password to the list of today's work.

        :param within_ms: how long the download may take
        """
        self.begin_first(login, one_time)
        expect(self.today).to_be_visible(timeout=within_ms)
        # The page does not say when it can do without a server; the browser does.
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def begin_first(self, login: str, one_time: str) -> None:
        """The first sign-in, up to the PIN; the download begins."""
        self.page.get_by_label("账号").fill(login)
        self.page.get_by_label("密码").fill(one_time)
        self.press("登录")
        self.page.get_by_label("新密码").fill(PASSWORD)
        self.page.get_by_label("再输一次").fill(PASSWORD)
        self.press("保存")
        expect(self.page.get_by_text("设置 6 位数字 PIN")).to_be_visible()
        self.type_pin()
        expect(self.page.get_by_text("再输一遍")).to_be_visible()
        self.type_pin()

    def sign_in_again(self, login: str) -> None:
        """Sign in from the outbox, with the own password, after the session was lost."""
        self.press("重新登录")
        sheet = self.page.get_by_role("dialog", name="重新登录")
        sheet.get_by_label("账号").fill(login)
        sheet.get_by_label("密码").fill(PASSWORD)
        sheet.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.get_by_role("button", name="重新登录")).to_be_hidden()

    def unlock(self) -> None:
        """Open the locked phone with the PIN."""
        expect(self.page.get_by_text("输入 PIN")).to_be_visible()
        self.type_pin()
        self.at_work()

    def unlock_anywhere(self) -> None:
        """Open the locked phone with the PIN; the screen is the one of the address."""
        expect(self.page.get_by_text("输入 PIN")).to_be_visible()
        self.type_pin()
        expect(self.page.get_by_text("输入 PIN")).to_be_hidden()

    def type_pin(self) -> None:
        """Six taps on the keys."""
        for digit in PIN:
            self.press(digit)

    def at_work(self) -> None:
        """Wait until the list of today's work stands there."""
        expect(self.today).to_be_visible(timeout=30_000)

    @property
    def today(self) -> Locator:
        """The heading of the list of today's work."""
        return self.page.get_by_role("heading", name="今日工作")

    def go(self, tab: str) -> None:
        """Go to 今日, 居民, 发件箱 or 我的."""
        self.page.get_by_role("navigation").get_by_role("link", name=tab).click()

    def section(self, title: str) -> Locator:
        """A part of the screen, by its heading."""
        heading = self.page.get_by_role("heading", name=re.compile(f"^{title}"))
        return self.page.locator("section").filter(has=heading)

    def exchange(self) -> None:
        """Send what waits and fetch what is new."""
        self.go("发件箱")
        self.press("现在上传")
        expect(self.page.get_by_role("button", name="现在上传")).to_be_enabled()

    def find(self, name: str, resident_id: str) -> None:
        """Search for a resident and open the page."""
        self.go("居民")
        self.page.get_by_role("searchbox").fill(name)
        self.page.locator(f'a[href="#/resident/{resident_id}"]').click()
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible()

    def begin(self, form: str) -> None:
        """Begin a form from the page of a resident or household."""
        self.page.get_by_role("button", name=re.compile(f"^{form}")).first.click()
        expect(self.page.get_by_role("progressbar")).to_be_visible()

    def press(self, label: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=label, exact=True).click()

    def turn(self, title: str) -> None:
        """Go to the next page of the form, which has this title; the last is 检查并完成."""
        self.page.get_by_role("button", name=_ONWARD).click()
        self.on(title)

    def on(self, title: str) -> None:
        """Wait until this page of the form is shown."""
        expect(self.page.get_by_role("heading", name=title, level=2)).to_be_visible()

    def turn_to_review(self) -> None:
        """Leaf through what is left of the form, confirming what is unusual, up to the review."""
        title = self.page.get_by_role("heading", level=2).first
        while "检查并完成" not in (before := title.inner_text()):
            self.page.get_by_role("button", name=_ONWARD).click()
            if self.page.get_by_role("button", name="先跳过").is_visible():
                self.confirm()
                self.page.get_by_role("button", name=_ONWARD).click()
            expect(title).not_to_have_text(before)

    def write(self, label: str, value: str | float | date) -> None:
        """Fill a field of the form and leave it."""
        field = self.page.get_by_label(_called(label))
        field.fill(str(value))
        field.blur()

    def choose(self, label: str, *options: str) -> None:
        """Choose options, as far as they are not chosen yet: a second tap would take one back."""
        for option in options:
            choice = self.question(label).get_by_label(option, exact=True)
            if not choice.is_checked():
                choice.check()

    def question(self, label: str) -> Locator:
        """The group of options under a label."""
        return self.page.get_by_role("group", name=_called(label))

    def write_pressure(self, systolic: int, diastolic: int) -> None:
        """Type both numbers in one go: the cursor goes on by itself."""
        self.page.get_by_label("高压（收缩压）").click()
        self.page.keyboard.type(f"{systolic}{diastolic}")
        self.page.get_by_label("低压（舒张压）").blur()

    def confirm(self) -> None:
        """Say of everything unusual on this page that it was looked at and is right."""
        while (button := self.page.get_by_role("button", name="核对过，没有错").first).is_visible():
            button.click()

    def finish(self) -> None:
        """Finish the form and wait until it is kept on this phone."""
        self.press("完成并保存")
        expect(self.page.get_by_role("heading", name="已保存在这部手机上")).to_be_visible()

    def received(self) -> None:
        """Wait until the server has told that it has the record."""
        expect(self.page.get_by_text("服务器已收到")).to_be_visible()

    def scan(self, label: str) -> str:
        """Read the code on the screen, as another phone's camera does."""
        return read_code(self.page.get_by_role("img", name=label))


def read_code(code: Locator) -> str:
    """What a camera reads from a QR code, module by module."""
    expect(code).to_be_visible()
    size = int((code.get_attribute("viewBox") or "").split()[2])
    modules = numpy.full((size, size), 255, numpy.uint8)
    for x, y in re.findall(r"M(\d+) (\d+)", code.locator("path").get_attribute("d") or ""):
        modules[int(y), int(x)] = 0
    (found,) = zxingcpp.read_barcodes(modules.repeat(4, axis=0).repeat(4, axis=1))
    return str(found.text)


def _called(label: str) -> re.Pattern[str]:
    """The label alone, or with the mark of what may be left out."""
    return re.compile(rf"^\s*{re.escape(label)}\s*(选填)?\s*$")
