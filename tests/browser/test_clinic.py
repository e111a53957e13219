"""The township prints slips; a mother scans hers, tells of a reaction and is answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.clinic.tables import ReactionRow
from backend.jobs import plan_clinics
from tests.browser.chromium import DESK
from tests.browser.desk import Desk
from tests.browser.doctor import read_code
from tests.browser.sample import Home, SampleCounty

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN"}
ANSWER = "先冷敷，明天上午带孩子到门诊看看。"


def choose_village(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="村", exact=True).click()
    page.get_by_role("option", name=name, exact=True).first.click()


def open_by_slip(page: Page, link: str, child: Home) -> None:
    page.goto(link)
    page.get_by_label("孩子的出生日期").fill(child.resident.birth_date.isoformat())
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("heading", name=child.resident.name)).to_be_visible()


def test_from_the_slip_to_the_answer(sample: SampleCounty, browser: Browser) -> None:
    child = sample.new_child("doctor3", "程小雨", age=timedelta(days=40))
    plan_clinics(sample.running.house, sample.running.house.clock())
    with sample.running.house.read() as session:
        village = sample.village_name(session, child.resident.village_code)

    desk = Desk(browser.new_page(**DESK), sample.origin)
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    page = desk.page
    page.get_by_role("link", name="接种").click()
    expect(page.get_by_role("heading", name="需要准备的疫苗")).to_be_visible()
    choose_village(page, village)
    row = page.get_by_role("row").filter(has_text="程小雨")
    expect(row).to_contain_text("乙肝")
    page.get_by_role("checkbox", name="全选").click()
    page.get_by_role("checkbox", name="选 程小雨").click()
    page.get_by_role("button", name="打印通知单（1 份）").click()
    expect(page.locator(".slip")).to_have_count(1)
    expect(page.locator(".slip")).to_contain_text("程小雨 家长：")
    link = read_code(page.get_by_role("img", name="程小雨 的二维码"))
    page.get_by_role("button", name="返回").click()

    mother = browser.new_page(**PHONE)
    open_by_slip(mother, link, child)
    mother.get_by_role("button", name="告诉门诊").click()
    mother.get_by_label("打针的地方红肿、有硬块").check()
    mother.get_by_role("button", name="发给接种门诊").click()
    expect(mother.get_by_text("门诊还没有回复")).to_be_visible()

    page.get_by_role("button", name="接种反应").click()
    told = page.get_by_role("listitem").filter(has_text="程小雨")
    expect(told).to_contain_text("打针的地方红肿")
    told.get_by_role("button", name="给家长的回复").click()
    told.get_by_label("给家长的回复").fill(ANSWER)
    told.get_by_role("button", name="约到门诊看").click()
    told.get_by_role("button", name="发给家长").click()
    expect(told).to_have_count(0)

    mother.reload()
    expect(mother.get_by_text(ANSWER)).to_be_visible()
    (kept,) = sample.rows(ReactionRow, child_id=child.resident.id)
    assert (kept.state, kept.action) == ("answered", "seen")


def test_in_wechat_there_are_text_messages_and_a_calendar_and_no_push(
    sample: SampleCounty, browser: Browser
) -> None:
    agent = (
        "Mozilla/5.0 (Linux; Android 12; M2012) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.47 Language/zh_CN"
    )
    child = sample.new_child("doctor4", "程小雪", age=timedelta(days=40))
    mother = browser.new_page(**PHONE, user_agent=agent)
    open_by_slip(mother, sample.family_link(child), child)
    expect(mother.get_by_text("微信里收不到网页提醒")).to_be_visible()
    expect(mother.get_by_role("button", name="打开提醒")).to_have_count(0)
    mother.get_by_role("button", name="生成日历地址").click()
    address = mother.locator(".feed-address").inner_text()
    calendar = mother.request.get(address)
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "程小雪" not in calendar.text()

    # The second visit works without network, the plan and the questions included.
    mother.evaluate("navigator.serviceWorker.ready.then(() => true)")
    with sample.running.without_web():
        mother.goto(f"{sample.origin}/family/")
        expect(mother.get_by_role("heading", name="程小雪")).to_be_visible()
        mother.get_by_role("button", name="看医生会问什么").click()
        mother.get_by_label("以前接种后有严重反应").check()
        expect(mother.get_by_text("请把这些告诉医生")).to_be_visible()
