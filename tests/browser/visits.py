"""Visits as a doctor fills them in, page by page."""

from __future__ import annotations

from datetime import date

from tests.browser.doctor import Doctor


def household_visit(doctor: Doctor, met: str) -> None:
    """A quarterly visit in which one person was met and nothing had changed."""
    doctor.on("访视")
    doctor.choose("访视结果", "入户见面")
    doctor.question("见面对象").get_by_text(met).first.click()
    doctor.turn("情况")
    doctor.choose("人口变动", "无变化")
    doctor.turn("健康教育")
    doctor.choose("健康教育内容", "控盐")
    doctor.turn("检查并完成")


def blood_pressure_followup(
    doctor: Doctor, systolic: int, diastolic: int, *, weight: float = 64
) -> None:
    """A face-to-face hypertension follow-up, up to the page of the referral."""
    blood_pressure(doctor, systolic, diastolic, weight=weight)
    rest_of_followup(doctor)


def blood_pressure(doctor: Doctor, systolic: int, diastolic: int, *, weight: float = 64) -> None:
    """The first page of a follow-up: who was seen, and what was measured."""
    doctor.on("随访和测量")
    doctor.write_pressure(systolic, diastolic)
    doctor.write("心率", 78)
    doctor.write("体重", weight)
    doctor.confirm()


def rest_of_followup(doctor: Doctor) -> None:
    """The pages from the questions to the referral: nothing unusual, and no medicine."""
    doctor.turn("询问")
    doctor.choose("服药依从性", "不服药")
    usual = doctor.page.get_by_role("button", name="都问过了，没有异常").first
    while usual.is_visible():
        usual.click()
    doctor.turn("生活方式和用药")
    for question in ("日吸烟量", "日饮酒量", "每周运动次数", "每次运动时间"):
        doctor.write(question, 0)
    doctor.choose("摄盐情况", "轻")
    doctor.turn("分类和下次随访")


def referral(doctor: Doctor, reason: str) -> None:
    """Why, and to whom, on the page of the referral."""
    doctor.write("转诊原因", reason)
    doctor.write("机构及科室", "镇卫生院内科")


def postpartum_visit(doctor: Doctor, delivered: date) -> None:
    """A face-to-face visit to a mother who is well."""
    doctor.on("随访情况")
    doctor.turn("分娩情况")
    doctor.write("分娩日期", delivered.isoformat())
    doctor.write("出院日期", delivered.isoformat())
    doctor.turn("体温血压")
    doctor.write("体温", 36.6)
    doctor.write_pressure(112, 70)
    doctor.turn("一般情况")
    doctor.write("一般健康情况", "好")
    doctor.write("一般心理状况", "好")
    doctor.choose("情绪", "未见异常")
    doctor.turn("检查")
    for question in ("乳房", "恶露", "子宫", "伤口"):
        doctor.choose(question, "未见异常")
    doctor.turn("危险征象")
    doctor.choose("产褥期危险征象", "无")
    doctor.turn("分类与指导")
    doctor.choose("指导", "母乳喂养")
    doctor.turn("转诊")
    doctor.turn("下次随访")
    doctor.turn("检查并完成")


def vaccination(doctor: Doctor, vaccine: str, given_on: date) -> None:
    """A dose copied from the vaccination book."""
    doctor.on("疫苗")
    doctor.question("疫苗").get_by_role("button").click()
    doctor.page.get_by_role("dialog").get_by_label(vaccine, exact=True).click()
    doctor.write("接种日期", given_on.isoformat())
    doctor.turn("批次")
    doctor.turn("接种后与监护人")
    doctor.choose("不良反应", "无")
    doctor.turn("检查并完成")
