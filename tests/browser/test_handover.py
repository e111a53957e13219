"""A phone that cannot go online: its queue goes to the township as a file, and is read there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from backend.submissions.tables import SubmissionRow
from tests.browser import visits
from tests.browser.chromium import DESK, Handset
from tests.browser.desk import Desk
from tests.browser.doctor import Doctor
from tests.browser.sample import SampleCounty

pytestmark = [pytest.mark.browser, pytest.mark.faults]

LOGIN = "doctor5"


def test_the_township_takes_in_the_file_of_a_phone_that_cannot_go_online(
    sample: SampleCounty, handset: Callable[..., Handset], browser: Browser, tmp_path: Path
) -> None:
    family = sample.new_family(LOGIN, "程不通")
    phone = handset(family.place)
    doctor = Doctor(phone.open(), sample.origin)
    doctor.open()
    doctor.sign_in_first(LOGIN, sample.one_time_password(LOGIN))
    doctor.find(family.resident.name, family.resident.id)
    doctor.page.locator(f'a[href="#/household/{family.household.id}"]').click()
    doctor.begin("入户访视")
    # The phone hears nothing any more; the browser's own switch lets the worker through.
    doctor.page.context.route("**/api/**", lambda call: call.abort())
    visits.household_visit(doctor, family.resident.name)
    doctor.finish()
    doctor.go("发件箱")
    doctor.page.evaluate(
        "() => { delete Navigator.prototype.share; delete Navigator.prototype.canShare }"
    )
    doctor.press("连不上网？交到卫生院电脑")
    expect(doctor.page.get_by_text("1 条记录")).to_be_visible()
    with doctor.page.expect_download() as download:
        doctor.press("生成文件")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert sample.rows(SubmissionRow, household_id=family.household.id) == []

    desk = Desk(browser.new_context(**DESK).new_page(), sample.origin)
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    desk.page.goto(f"{sample.origin}/desk/#/devices")
    desk.press("收下手机交来的文件")
    sheet = desk.page.get_by_role("dialog", name="收下手机交来的文件")
    sheet.locator("input[type=file]").set_input_files(file)
    expect(sheet.get_by_text("收完了：1 条记录")).to_be_visible(timeout=60_000)
    expect(sheet.get_by_role("listitem")).to_contain_text("已收下")
    expect(sheet.get_by_role("listitem")).to_contain_text(family.household.head_name)
    assert len(sample.rows(SubmissionRow, household_id=family.household.id)) == 1

    sheet.get_by_role("button", name="收另一个文件").click()
    broken = tmp_path / "broken.jsonl"
    broken.write_text(file.read_text(encoding="utf-8")[:-60], encoding="utf-8")
    sheet.locator("input[type=file]").set_input_files(broken)
    expect(sheet.get_by_text("文件从第 2 行起不完整")).to_be_visible()

    doctor.page.context.unroute("**/api/**")
    doctor.exchange()
    expect(doctor.page.get_by_text("全部已上传")).to_be_visible()
    assert len(sample.rows(SubmissionRow, household_id=family.household.id)) == 1
