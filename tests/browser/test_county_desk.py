"""The county at its desk: a new doctor, boundaries from a file, another system that is told, a
resident's file for a hospital.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle
from playwright.sync_api import Browser, expect

from backend.geo import service as geo
from tests.browser.chromium import DESK
from tests.browser.desk import Desk
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(sample: SampleCounty, browser: Browser) -> Desk:
    desk = Desk(browser.new_page(**DESK), sample.origin)
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    return desk


def test_the_county_keeps_its_house(desk: Desk, sample: SampleCounty, tmp_path: Path) -> None:
    a_doctor_comes_and_goes(desk, tmp_path)
    boundaries_come_from_a_file(desk, sample, tmp_path)
    another_system_is_told(desk, tmp_path)
    a_hospital_gets_one_resident(desk, sample, tmp_path)


def a_doctor_comes_and_goes(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    page.get_by_role("link", name="手机").click()
    desk.press("新增账号")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("姓名").fill("孙桂英")
    sheet.get_by_label("账号（").fill("sun.guiying")
    villages = sheet.get_by_role("group", name="负责的村")
    name = villages.locator("label").first.inner_text().strip()
    villages.get_by_role("searchbox").fill(name)
    villages.get_by_role("checkbox", name=name).check()
    page.screenshot(path=tmp_path / "account.png")
    sheet.get_by_role("button", name="建立").click()
    expect(page.get_by_text("账号 sun.guiying")).to_be_visible()
    page.screenshot(path=tmp_path / "password.png")
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    card = page.locator(".doctor").filter(has_text="孙桂英")
    expect(card).to_be_visible()
    card.get_by_role("button", name="更多").click()
    page.get_by_role("menuitem", name="停用账号").click()
    page.get_by_role("dialog").get_by_role("button", name="离岗", exact=True).click()
    page.get_by_role("dialog").get_by_label("原因").fill("已经离岗")
    page.get_by_role("dialog").get_by_role("button", name="停用账号").click()
    expect(card.locator(".chip")).to_contain_text("停用")
    page.screenshot(path=tmp_path / "devices.png")


def boundaries_come_from_a_file(desk: Desk, sample: SampleCounty, tmp_path: Path) -> None:
    page = desk.page
    page.get_by_role("link", name="地图").click()
    desk.press("更新村界")
    sheet = page.get_by_role("dialog")
    with sample.running.house.read() as session:
        areas = geo.inside(session, sample.account("supervisor").areas, with_boundary=True)
    village = next(one for one in areas if one.level == "village" and one.boundary)
    feature = {"properties": {"code": village.code}, "geometry": village.boundary}
    crossed = feature | {"geometry": {"type": "Polygon", "coordinates": [
        [[104, 31], [104.1, 31.1], [104.1, 31], [104, 31.1], [104, 31]]]}}  # fmt: skip
    for name, told in (("crossed", "边界自相交"), ("whole", "1 个区域")):
        file = tmp_path / f"{name}.geojson"
        chosen = crossed if name == "crossed" else feature
        file.write_text(json.dumps({"type": "FeatureCollection", "features": [chosen]}))
        sheet.get_by_label("选择文件").set_input_files(file)
        expect(sheet.get_by_text(told).first).to_be_visible()
        page.screenshot(path=tmp_path / f"{name}.png")
    sheet.get_by_label("来源").fill("县自然资源局")
    sheet.get_by_role("button", name="保存村界").click()
    expect(sheet.get_by_text("已保存 1 个区域的边界")).to_be_visible()
    sheet.get_by_role("button", name="关闭").last.click()


def another_system_is_told(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    page.get_by_role("link", name="导出").click()
    page.get_by_label("接收地址").fill("https://his.example/suifang")
    page.get_by_label("哪个系统").fill("县医院")
    desk.press("新增地址")
    expect(page.locator(".hooks code").first).to_contain_text("whsec_")
    desk.press("发送测试")
    expect(page.locator(".hook tbody")).to_contain_text("等待")
    page.screenshot(path=tmp_path / "webhooks.png", full_page=True)


def a_hospital_gets_one_resident(desk: Desk, sample: SampleCounty, tmp_path: Path) -> None:
    page = desk.page
    patient = sample.member("doctor4", "hypertension").resident
    page.get_by_label("姓名、电话或身份证后几位").fill(patient.name)
    page.locator(".fhir-people label").first.click()
    page.get_by_label("给哪家医院").fill("转诊到市医院")
    with page.expect_download() as download:
        desk.press("导出 FHIR 文件")
    download.value.save_as(tmp_path / "one.json")
    bundle = Bundle.model_validate_json((tmp_path / "one.json").read_bytes())
    assert bundle.entry
