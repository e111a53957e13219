"""What a reviewer does at the township's desk, through what can be seen and pressed there."""

from __future__ import annotations

import re

import pyotp
from playwright.sync_api import Locator, Page, expect

from tests.builders.accounts import PASSWORD


class Desk:
    """A reviewer with the page of the desk."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self._origin = origin

    def open(self) -> None:
        """Open the township's entry."""
        self.page.goto(f"{self._origin}/desk/")

    def sign_in_first(self, login: str, one_time: str) -> None:
        """The first sign-in: own password, authenticator, recovery codes, and then the queue."""
        self.page.get_by_label("账号").fill(login)
        self.page.get_by_label("密码").fill(one_time)
        self.press("登录")
        self.page.get_by_label("新密码").fill(PASSWORD)
        self.page.get_by_label("再输一次").fill(PASSWORD)
        self.press("保存")
        self.page.get_by_text("不能扫码？手动输入密钥").click()
        secret = self.page.locator("code").inner_text().replace(" ", "")
        self.page.get_by_label("验证码").fill(pyotp.TOTP(secret).now())
        self.press("下一步")
        expect(self.page.get_by_role("heading", name="抄下恢复码")).to_be_visible()
        self.press("我已经抄好了")
        expect(self.page.get_by_role("searchbox", name="居民姓名")).to_be_visible()

    def press(self, label: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=label, exact=True).click()

    def show(self, tab: str, name: str) -> None:
        """Open the record of a resident from one of the lists: 待审, 更正, 退回, 通过."""
        self.page.get_by_role("button", name=tab).first.click()
        self.page.get_by_role("searchbox", name="居民姓名").fill(name)
        self.page.locator(".queue li").get_by_role("button").filter(has_text=name).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)

    def answer(self, label: str) -> Locator:
        """An answer in the middle, with its label."""
        # Marks such as 按退回意见更正 stand behind the label.
        labelled = self.page.locator(".cell-label", has_text=re.compile(rf"^\s*{label}"))
        return self.page.locator(".cell").filter(has=labelled)

    def give_back(self, fields: list[str], reason: str) -> None:
        """Return the record that is open: these answers, for this reason."""
        self.press("退回 R")
        for label in fields:
            self.answer(label).click()
        self.page.get_by_label("给医生的话").fill(reason)
        self.press("退回")

    def approve(self) -> None:
        """Approve the record that is open."""
        self.press("通过 A")
