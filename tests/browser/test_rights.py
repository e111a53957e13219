"""A resident comes to the township and asks about their data; an officer answers at the desk."""

from __future__ import annotations

import io

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from backend.audit import service as audit
from tests.browser.chromium import DESK
from tests.browser.desk import Desk
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser


def test_a_resident_gets_their_copy_and_is_forgotten(
    sample: SampleCounty, browser: Browser
) -> None:
    who = sample.member("doctor3", "hypertension", 5).resident
    desk = Desk(browser.new_page(**DESK), sample.origin)
    page = desk.page
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    page.set_default_timeout(20_000)

    page.get_by_role("link", name="居民").first.click()
    page.get_by_role("searchbox").fill(who.name)
    row = page.get_by_role("row").filter(has_text=who.name).first
    row.click()
    desk.press("个人信息权利")
    expect(page.get_by_role("heading", name=f"{who.name}的个人信息")).to_be_visible()
    expect(page.get_by_text("没有提出过申请")).to_be_visible()

    page.get_by_label("复制").check()
    page.get_by_label("具体要求").fill("要一份打印的")
    desk.press("登记")
    expect(page.get_by_text("最晚答复")).to_be_visible()
    with page.expect_download() as downloading:
        desk.press("下载副本")
    book = openpyxl.load_workbook(io.BytesIO(downloading.value.path().read_bytes()))
    assert who.name in {cell.value for row in book["本人"].iter_rows() for cell in row}
    desk.press("已办理")
    desk.press("已当面交付")
    page.get_by_role("dialog").get_by_role("button", name="已办理").click()
    expect(page.locator(".chip-ok", has_text="已办理")).to_be_visible()

    page.get_by_label("删除").check()
    desk.press("登记")
    page.get_by_role("listitem").filter(has_text="删除").get_by_role(
        "button", name="停止使用"
    ).click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("医生手机上删除")
    asked.get_by_role("textbox").fill("本人书面要求")
    asked.get_by_role("button", name="停止使用").click()
    expect(page.get_by_text("已停止使用这位居民的个人信息")).to_be_visible()

    desk.press("返回居民")
    page.get_by_role("searchbox").fill(who.name)
    expect(page.get_by_text("没有找到这样的居民").or_(page.locator("tbody"))).to_be_visible()
    with sample.running.house.read() as session:
        done = [one.action for one in audit.of_object(session, "resident", who.id)]
    assert {"rights_asked", "exported", "rights_answered", "resident_sealed"} <= set(done)
