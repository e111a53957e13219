"""A lecture in the village and a patrol of a school, from the phone to the township's desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from backend import jobs
from backend.submissions.tables import SubmissionRow
from tests.browser.chromium import DESK, Handset
from tests.browser.desk import Desk
from tests.browser.doctor import Doctor
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser

LOGIN = "doctor3"
SCHOOL = "清河小学"


def test_a_lecture_is_held_and_a_school_is_patrolled(
    sample: SampleCounty, handset: Callable[..., Handset], browser: Browser
) -> None:
    house = sample.running.house
    jobs.turn_calendar(house, house.clock())
    doctor = Doctor(handset(sample.member(LOGIN, "hypertension").place).open(), sample.origin)
    doctor.open()
    doctor.sign_in_first(LOGIN, sample.one_time_password(LOGIN))

    hold_a_lecture(doctor)
    register_the_school(doctor)
    patrol_it(doctor, sample)

    desk = Desk(browser.new_page(**DESK), sample.origin)
    desk.open()
    desk.sign_in_first("reviewer", sample.one_time_password("reviewer"))
    desk.show("待审", SCHOOL)
    worker = sample.account(LOGIN).id
    kept = {one.form_key: one for one in sample.rows(SubmissionRow, worker_id=worker)}
    assert (kept["edu_activity"].subject_kind, kept["site"].subject_kind) == ("area", "site")
    assert kept["supervision_patrol"].subject_id == kept["site"].subject_id


def hold_a_lecture(doctor: Doctor) -> None:
    """The lecture is due: one tap on it opens its form."""
    doctor.go("村里")
    doctor.section("要做的").get_by_role("button", name="健康教育讲座").click()
    doctor.on("活动")
    doctor.write("活动地点", "村委会")
    doctor.choose("活动形式", "讲座")
    doctor.write("活动主题", "少吃盐，控血压")
    doctor.write("组织者", "村卫生室")
    doctor.write("主讲人", "王秀英")
    doctor.turn("听众与资料")
    doctor.choose("接受健康教育人员类别", "老年人")
    doctor.write("接受健康教育人数", 38)
    doctor.turn("内容与评价")
    doctor.write("活动内容", "讲解每天盐量和按时服药")
    doctor.write("活动总结评价", "听众能说出每天的盐量")
    doctor.turn_to_review()
    doctor.finish()
    doctor.received()
    doctor.press("回到村里的工作")
    expect(doctor.section("要做的").get_by_role("button", name="健康教育讲座")).to_have_count(0)
    doctor.exchange()
    doctor.go("村里")
    expect(doctor.section("以往记录").get_by_text("少吃盐，控血压")).to_be_visible()


def register_the_school(doctor: Doctor) -> None:
    """Once, at its gate."""
    doctor.press("登记新场所")
    doctor.on("场所")
    doctor.write("场所名称", SCHOOL)
    doctor.page.get_by_role("button", name="请选择").click()
    kinds = doctor.page.get_by_role("dialog", name="场所类别")
    kinds.locator("label", has_text="学校").click()
    doctor.press("用现在的位置")
    doctor.turn("负责人")
    doctor.turn_to_review()
    doctor.finish()
    doctor.press("回到这个场所")
    expect(doctor.page.get_by_role("heading", name=SCHOOL, level=1)).to_be_visible()


def patrol_it(doctor: Doctor, sample: SampleCounty) -> None:
    """A problem is found; the phone tells when to look again."""
    doctor.begin("卫生监督协管巡查")
    doctor.on("巡查")
    doctor.write("机构名称", "镇卫生院")
    doctor.write("巡查人", "王秀英")
    doctor.write("第二巡查人", "李长顺")
    doctor.turn("现场情况")
    doctor.choose("巡查类别", "学校卫生")
    doctor.write("巡查地点与内容", "教室、食堂、饮水机")
    doctor.choose("发现问题", "有")
    doctor.write("发现的主要问题", "饮水机没有定期消毒")
    doctor.write("现场意见", "每周消毒并登记")
    doctor.write("整改期限", sample.today + timedelta(days=14))
    doctor.choose("已向监督机构报告", "否")
    doctor.turn_to_review()
    expect(doctor.page.get_by_text("巡查发现问题，整改期限到了要复查")).to_be_visible()
    doctor.finish()
    doctor.received()
    doctor.press("回到这个场所")
    expect(doctor.section("要做的").get_by_text("巡查问题整改复查")).to_be_visible()
