"""The township makes one of two files that are of one woman, and takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from backend import jobs
from backend.kernel.ids import new_id
from backend.residents import service as residents
from backend.residents.model import Resident
from tests.browser.desk import Desk
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser


def test_two_files_are_made_one_and_parted_again(sample: SampleCounty, browser: Browser) -> None:
    house = sample.running.house
    home = sample.member("doctor2", "hypertension")
    twice = replace(home.resident, id=new_id(), id_no=None, details={})
    with house.write() as session:
        residents.save(session, house.vault, (), [twice], house.clock())
    assert jobs.match_people(house, house.clock()) >= 1

    page = browser.new_page(viewport={"width": 1366, "height": 768})
    desk = Desk(page, sample.origin)
    desk.open()
    desk.sign_in_first("reviewer", sample.one_time_password("reviewer"))
    page.get_by_role("link", name="身份").click()
    name = home.resident.name
    page.get_by_role("button", name=f"{name} · {name}").click()
    expect(page.get_by_role("button", name="不是同一人")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("status")).to_contain_text(f"已并入{name}的档案")
    expect(page.get_by_role("button", name=f"{name} · {name}")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.get_by_role("button", name=f"{name} · {name}")).to_be_visible()
    bring_in_a_list(page, home.resident)
    page.close()


def bring_in_a_list(page: Page, known: Resident) -> None:
    """A village's list is looked at, written, found, and taken back."""
    rows = [
        "姓名,性别,出生日期,身份证号,户编号,家庭住址",
        "欧阳雪松,男,1961-4-5,,9901,9组901号",
        "欧阳小雨,女,1990年2月3日,,9901,9组901号",
        f"{known.name},{'男' if known.sex == '1' else '女'},{known.birth_date},{known.id_no},,",
        "马无忌,男,属龙,,,",
    ]
    page.get_by_role("link", name="居民").click()
    page.get_by_role("button", name="导入名单").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "名单.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode("gb18030")}
    )
    expect(page.get_by_text("没有写村，请在上面选一个村").first).to_be_visible()
    page.get_by_role("combobox").first.click()
    page.locator(".el-select-dropdown__item").first.click()
    expect(page.get_by_text("出生日期看不懂")).to_be_visible()
    expect(page.get_by_text(f"已登记：{known.name}")).to_be_visible()
    page.get_by_role("button", name="写入 2 人").click()
    expect(page.get_by_text("已写入 2 位居民、1 个新家庭；2 行没有写入。")).to_be_visible()
    page.get_by_role("button", name="撤销这次导入").first.click()
    expect(page.get_by_text("已撤销，2 人都已移出登记。")).to_be_visible()
