"""A day in the villages without a network, the phone dead in between: everything arrives, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backend import tables
from backend.submissions.tables import ReceiptRow, SubmissionRow, SubmissionVersionRow
from tests.browser import visits
from tests.browser.chromium import Handset
from tests.browser.doctor import Doctor
from tests.browser.sample import Home, SampleCounty

pytestmark = pytest.mark.browser

Task = tables.followups.TaskRow


def test_three_visits_made_without_a_network_arrive_exactly_once(
    sample: SampleCounty, handset: Callable[..., Handset]
) -> None:
    family = sample.new_family("doctor", "程远山")
    patient = sample.member("doctor", "hypertension")
    mother = sample.member("doctor", "postpartum")
    phone = handset(family.place)
    doctor = Doctor(phone.open(), sample.origin)
    doctor.open()
    doctor.sign_in_first("doctor", sample.one_time_password("doctor"))

    with sample.running.without_web():
        phone.kill()
        doctor = Doctor(phone.open(), sample.origin)
        # A browser writes its cookies down every half minute: the session may have died with it.
        phone.forget_cookies()
        doctor.open()
        doctor.unlock()

        visit_the_family(doctor, family)
        phone.be_at(patient.place)
        refer_the_patient(doctor, patient, sample)
        phone.be_at(mother.place)
        visit_the_mother(doctor, mother, sample)

        doctor.go("发件箱")
        expect(doctor.page.get_by_role("heading", name="等待上传")).to_contain_text("3")
        (device,) = sample.rows(tables.accounts.DeviceRow, account_id=sample.account("doctor").id)
        assert sample.rows(ReceiptRow, device_id=device.id) == []

    doctor.press("现在上传")
    expect(doctor.page.get_by_role("heading", name="已上传")).to_contain_text("3")
    expect(doctor.page.get_by_text("已收到", exact=True)).to_have_count(3)

    receipts = sample.rows(ReceiptRow, device_id=device.id)
    assert [receipt.status for receipt in receipts] == ["stored"] * 3
    kept = {one.form_key: one for one in sample.rows(SubmissionRow, device_id=device.id)}
    assert sorted(kept) == ["household_visit", "htn_followup", "postpartum_visit"]
    for form, home in (
        ("household_visit", family),
        ("htn_followup", patient),
        ("postpartum_visit", mother),
    ):
        (version,) = sample.rows(SubmissionVersionRow, submission_id=kept[form].id)
        assert version.violations == []
        assert version.geotag["village_code"] == home.household.village_code
        assert (version.geotag["distance_m"], version.geotag["doubt"]) == (0, [])

    (done,) = sample.rows(Task, subject_id=family.household.id)
    assert (done.state, done.done_by_submission_id) == ("completed", kept["household_visit"].id)
    (referral,) = sample.rows(Task, source_submission_id=kept["htn_followup"].id)
    assert (referral.state, referral.referral, referral.escalation) == ("requested", "urgent", "E3")
    assert referral.closes <= sample.today + timedelta(days=14)
    (again,) = sample.rows(Task, source_submission_id=kept["postpartum_visit"].id)
    assert (again.state, again.service) == ("requested", "postpartum")

    doctor.sign_in_again("doctor")
    doctor.go("今日")
    lines = doctor.section("紧急").get_by_role("link").filter(has_text=patient.resident.name)
    expect(lines.filter(has_text="血压达到紧急标准")).to_have_count(1)


def visit_the_family(doctor: Doctor, family: Home) -> None:
    doctor.find(family.resident.name, family.resident.id)
    doctor.page.locator(f'a[href="#/household/{family.household.id}"]').click()
    doctor.begin("入户访视")
    visits.household_visit(doctor, family.resident.name)
    doctor.finish()
    expect(doctor.page.get_by_text("没有网络，联网后自动上传")).to_be_visible()


def refer_the_patient(doctor: Doctor, patient: Home, sample: SampleCounty) -> None:
    doctor.find(patient.resident.name, patient.resident.id)
    doctor.begin("高血压随访")
    visits.blood_pressure(doctor, 182, 100)
    number = sample.township_number(patient.household.village_code)
    township = doctor.page.get_by_role("link", name="拨打卫生院电话")
    expect(township).to_have_attribute("href", f"tel:{number}")
    visits.rest_of_followup(doctor)
    visits.referral(doctor, "血压182/100，复测仍高")
    doctor.turn("检查并完成")

    urgent = doctor.page.get_by_role("dialog", name="需要立即转诊")
    township = urgent.get_by_role("link", name="拨打卫生院电话")
    expect(township).to_have_attribute("href", f"tel:{number}")
    doctor.press("我知道了，继续完成")
    expect(doctor.page.get_by_text(f"下一次 · {patient.resident.name} · 转诊核实")).to_be_visible()
    last_day = sample.today + timedelta(days=14)
    expect(doctor.page.get_by_text(f"至 {sample.on_screen(last_day)}")).to_be_visible()
    doctor.finish()


def visit_the_mother(doctor: Doctor, mother: Home, sample: SampleCounty) -> None:
    doctor.find(mother.resident.name, mother.resident.id)
    doctor.begin("产后访视")
    visits.postpartum_visit(doctor, sample.today - timedelta(days=6))
    doctor.finish()
