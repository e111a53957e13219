"""The township returns a visit; the doctor corrects it on the phone; the desk sees what changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from backend.submissions.tables import SubmissionRow, SubmissionVersionRow
from tests.browser import visits
from tests.browser.chromium import DESK, Handset
from tests.browser.desk import Desk
from tests.browser.doctor import Doctor
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser

REASON = "收缩压和心率请核对，与病情描述不一致"


def test_a_visit_is_returned_corrected_and_approved(
    sample: SampleCounty, handset: Callable[..., Handset], browser: Browser
) -> None:
    patient = sample.member("doctor2", "hypertension")
    name = patient.resident.name
    doctor = Doctor(handset(patient.place).open(), sample.origin)
    doctor.open()
    doctor.sign_in_first("doctor2", sample.one_time_password("doctor2"))
    doctor.find(name, patient.resident.id)
    doctor.begin("高血压随访")
    visits.blood_pressure_followup(doctor, 158, 96, weight=126)
    doctor.turn_to_review()
    doctor.finish()
    doctor.received()

    desk = Desk(browser.new_page(**DESK), sample.origin)
    desk.open()
    desk.sign_in_first("reviewer", sample.one_time_password("reviewer"))
    desk.show("待审", name)
    expect(desk.answer("收缩压")).to_contain_text("158 mmHg")
    desk.give_back(["收缩压", "心率"], REASON)
    expect(desk.page.get_by_text(f"{name}的记录已退回给医生")).to_be_visible()

    doctor.exchange()
    doctor.go("今日")
    doctor.section("卫生院退回").get_by_role("button", name=name).click()
    expect(doctor.page.get_by_text(REASON)).to_be_visible()
    doctor.on("随访和测量")
    expect(doctor.page.get_by_text("卫生院请您核对这一项")).to_have_count(2)
    doctor.write("高压（收缩压）", 136)
    doctor.write("心率", 72)
    sure = doctor.page.get_by_role("button", name="核对过，没有错")
    expect(doctor.page.get_by_text("已核对").first).to_be_visible()
    expect(sure).to_have_count(0)  # 126 kg was looked at in the house, and nobody asks again
    doctor.turn_to_review()
    doctor.finish()
    doctor.received()

    desk.show("更正", name)
    pressure = desk.answer("收缩压")
    expect(pressure.locator("del")).to_have_text("158 mmHg")
    expect(pressure).to_contain_text("136 mmHg")
    expect(pressure).to_contain_text("按退回意见更正")
    expect(desk.answer("体重").locator("del")).to_have_count(0)
    desk.approve()
    expect(desk.page.get_by_text(f"{name}的记录已通过")).to_be_visible()

    (kept,) = sample.rows(
        SubmissionRow,
        worker_id=sample.account("doctor2").id,
        subject_id=patient.resident.id,
        version_no=2,
    )
    assert (kept.state, kept.answers["sbp"], kept.answers["heart_rate"]) == ("approved", 136, 72)
    (last,) = sample.rows(SubmissionVersionRow, submission_id=kept.id, no=2)
    assert (last.confirmed, last.violations) == (["weight"], [])
    doctor.exchange()
    doctor.go("今日")
    expect(doctor.section("卫生院退回")).to_have_count(0)
