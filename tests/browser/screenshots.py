"""``make screenshots``: the pictures of the README, and one of each screen of the phone.

Those of the screens stand in ``docs/screenshots/phone``, in Chinese, by the names the phone's code
has for them. The README's are taken on the way of a small story: a doctor refers one patient at
once and sends a second visit, the township returns that one, the doctor corrects it, and a mother
opens her child's plan.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from backend.sample.doors import doors
from tests.browser import visits
from tests.browser.chromium import DESK, LAUNCH, PHONE, Handset
from tests.browser.desk import Desk
from tests.browser.doctor import Doctor
from tests.browser.phone_screens import walk
from tests.browser.sample import SampleCounty, sample_county
from tests.builders.settings import ROOT
from tests.conftest import fill_template

FOLDER = ROOT / "docs" / "screenshots"
_EVERY = FOLDER / "phone"
RESIDENTS = 2000
LARGEST = 250_000
"""Bytes: the README is read over slow lines too."""
SHARP = {"device_scale_factor": 1.5}


def main() -> int:
    """Take every picture; 1 when one has become too large."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="suifang-screenshots-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        with (
            sample_county(place / "var", template, RESIDENTS) as county,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(**LAUNCH)
            patient = county.member("doctor", "hypertension")
            phone = Handset(playwright, place / "phone", patient.place, **SHARP)
            doctor = Doctor(phone.open(), county.origin)
            phone.promise_storage(county.origin)
            _tell(county, doctor, browser)
            phone.close()
            _every_screen(county, Handset(playwright, place / "another", patient.place))
            browser.close()
    sizes = {file.name: file.stat().st_size for file in sorted(FOLDER.rglob("*.png"))}
    for name, size in sizes.items():
        sys.stdout.write(f"{name:<24}{size / 1000:6.0f} kB\n")
    return 1 if max(sizes.values()) > LARGEST else 0


def _every_screen(county: SampleCounty, phone: Handset) -> None:
    """What a doctor sees on the way through all of the phone."""
    _EVERY.mkdir(exist_ok=True)
    for name in walk(county, phone, "doctor2", "zh"):
        phone.page.wait_for_timeout(400)  # counting and fading in
        called = name.replace(", ", "-").replace(" ", "_").lower()
        phone.page.screenshot(path=_EVERY / f"{called}.png", animations="disabled")
    phone.close()


def _tell(county: SampleCounty, doctor: Doctor, browser: Browser) -> None:
    desk = Desk(browser.new_page(**DESK), county.origin)
    doctor.open()
    doctor.sign_in_first("doctor", county.one_time_password("doctor"))
    _take(doctor.page, "capture-today")
    _refer(county, doctor)
    _visit(county, doctor)
    _look_around(county, doctor)

    desk.open()
    desk.sign_in_first("reviewer", county.one_time_password("reviewer"))
    expect(desk.page.get_by_role("heading", name="地点")).to_be_visible()
    _take(desk.page, "desk-list")
    name = county.member("doctor", "hypertension", 1).resident.name
    desk.show("待审", name)
    desk.give_back(["收缩压", "心率"], "收缩压和心率请核对，与病情描述不一致")
    told = desk.page.get_by_text(f"{name}的记录已退回给医生")
    expect(told).to_be_visible()
    expect(told).to_be_hidden()

    _correct(doctor, name)
    desk.show("更正", name)
    expect(desk.page.get_by_role("heading", name="地点")).to_be_visible()
    _take(desk.page, "desk-review")
    _take_plan(county, browser)


def _refer(county: SampleCounty, doctor: Doctor) -> None:
    patient = county.member("doctor", "hypertension")
    doctor.find(patient.resident.name, patient.resident.id)
    doctor.begin("高血压随访")
    visits.blood_pressure(doctor, 182, 100)
    _take(doctor.page, "capture-form")
    visits.rest_of_followup(doctor)
    visits.referral(doctor, "血压182/100，复测仍高")
    doctor.turn_to_review()
    expect(doctor.page.get_by_role("dialog", name="需要立即转诊")).to_be_visible()
    _take(doctor.page, "capture-urgent")
    doctor.press("我知道了，继续完成")
    doctor.finish()
    doctor.received()


def _visit(county: SampleCounty, doctor: Doctor) -> None:
    patient = county.member("doctor", "hypertension", 1)
    doctor.find(patient.resident.name, patient.resident.id)
    doctor.begin("高血压随访")
    visits.blood_pressure_followup(doctor, 158, 96)
    doctor.turn_to_review()
    doctor.finish()
    doctor.received()


def _look_around(county: SampleCounty, doctor: Doctor) -> None:
    """The way through the day, a house after a form of it, a resident's curves, the own month."""
    patient = county.member("doctor", "hypertension", 1)
    screens = {
        "tour": ("tour", "附近和路线"),
        "household": (f"household/{patient.household.id}", "号户"),
        "resident": (f"resident/{patient.resident.id}", patient.resident.name),
        "month": ("month", "我的这个月"),
    }
    for name, (address, title) in screens.items():
        doctor.page.evaluate("address => { location.hash = address }", f"#/{address}")
        expect(doctor.page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(doctor.page.get_by_text("正在统计……")).to_be_hidden()
        _take(doctor.page, f"capture-{name}")


def _correct(doctor: Doctor, name: str) -> None:
    doctor.exchange()
    doctor.go("今日")
    doctor.section("卫生院退回").get_by_role("button", name=name).click()
    doctor.on("随访和测量")
    doctor.write("高压（收缩压）", 146)
    doctor.write("心率", 72)
    doctor.turn_to_review()
    doctor.finish()
    doctor.received()


def _take_plan(county: SampleCounty, browser: Browser) -> None:
    found = doors(county.running.house, everybody=False)
    page = browser.new_page(**PHONE, **SHARP)
    page.goto(f"{county.origin}/family/#{found.family_token}")
    page.get_by_label("孩子的出生日期").fill(str(found.born))
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("heading", name=str(found.child))).to_be_visible()
    _take(page, "family-plan")


def _take(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    raise SystemExit(main())
