"""The township looks at its figures: both numbers, the people behind them, the bulletin, a file."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from backend import jobs
from tests.browser.chromium import DESK
from tests.browser.desk import Desk
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser


def test_from_a_figure_to_its_people_and_out_as_a_file(
    sample: SampleCounty, browser: Browser, tmp_path: Path
) -> None:
    house = sample.running.house
    jobs.refresh_figures(house, house.clock())
    desk = Desk(browser.new_page(**DESK), sample.origin)
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    page = desk.page
    page.get_by_role("link", name="指标").click()

    page.get_by_role("button", name="老年人健康管理率").click()
    expect(page.get_by_role("heading", name="老年人健康管理率")).to_be_visible()
    expect(page.get_by_role("img", name="老年人健康管理率：逐月")).to_be_visible()
    desk.press("按村")
    expect(page.get_by_role("columnheader", name="村", exact=True)).to_be_visible()
    numbers = page.get_by_role("button", name="未达到").filter(has_not_text="未达到")
    expect(numbers.first).to_be_visible()
    missing = int(numbers.first.inner_text())
    numbers.first.click()
    page.screenshot(path=tmp_path / "opened.png")
    people = page.get_by_role("dialog").locator("tbody tr")
    expect(people).to_have_count(min(missing, 100))
    page.screenshot(path=tmp_path / "people.png")
    page.keyboard.press("Escape")

    desk.press("目标与权重")
    page.get_by_label("老年人健康管理率 权重").fill("20")
    page.get_by_label("老年人健康管理率 目标").fill("70")
    page.get_by_label("老年人健康管理率 目标").press("Tab")
    desk.press("保存")
    expect(page.get_by_text("目标 70%").first).to_be_visible()
    expect(page.get_by_text("还没有设权重")).to_have_count(0)
    page.screenshot(path=tmp_path / "figures.png")

    desk.press("月报")
    expect(page.get_by_role("heading", name="进度通报")).to_be_visible()
    page.screenshot(path=tmp_path / "bulletin.png")
    desk.press("返回")

    desk.press("导出报表")
    page.get_by_role("button", name="半年考核").click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="导出报表").click()
    download.value.save_as(tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    told = {row[0]: row[5] for row in book["指标"].iter_rows(min_row=2, values_only=True)}
    assert told["老年人健康管理率"] is not None

    page.get_by_role("link", name="导出").click()
    page.get_by_label("为什么导出").fill("季度核查")
    page.screenshot(path=tmp_path / "exports.png")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出", exact=True).click()
    download.value.save_as(tmp_path / "visits.xlsx")
    book = openpyxl.load_workbook(tmp_path / "visits.xlsx")
    assert book.worksheets[0].max_row > 1
