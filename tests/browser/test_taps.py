"""The commonest visit, counted: what it costs the doctor from opening the app to a saved record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import pytest
from playwright.sync_api import Locator, expect

from backend import tables
from backend.submissions.tables import SubmissionRow, SubmissionVersionRow
from tests.browser.chromium import Handset
from tests.browser.doctor import PIN, Doctor
from tests.browser.sample import Home, SampleCounty

pytestmark = pytest.mark.browser

LOGIN = "doctor5"
MOST_TAPS = 12
MOST_NUMBERS = 6


class Counting:
    """A hand that counts. A number is whatever is typed in one go on a number keyboard."""

    def __init__(self, doctor: Doctor) -> None:
        self.doctor = doctor
        self.taps: list[str] = []
        self.numbers: list[str] = []

    def tap(self, what: str, target: Locator) -> None:
        """A tap on the screen."""
        target.tap()
        self.taps.append(what)

    def button(self, label: str) -> None:
        """A tap on a button."""
        self.tap(label, self.doctor.page.get_by_role("button", name=label, exact=True).first)

    def type(self, what: str, number: int) -> None:
        """A number, typed where the cursor is."""
        self.doctor.page.keyboard.type(str(number))
        self.numbers.append(what)


def test_a_controlled_follow_up_takes_twelve_taps_and_six_numbers_at_most(
    sample: SampleCounty, handset: Callable[..., Handset]
) -> None:
    due = _someone_due(sample)
    patient, medicine = due.home, due.medicine
    phone = handset(patient.place)
    doctor = Doctor(phone.open(), sample.origin)
    doctor.open()
    doctor.sign_in_first(LOGIN, sample.one_time_password(LOGIN))
    phone.close()

    doctor = Doctor(phone.open(), sample.origin)
    hand = Counting(doctor)
    doctor.open()
    page = doctor.page
    with _numbers(hand, "PIN"):
        doctor.unlock()
    # From the list of the day to the person, from the person to the form.
    line = page.locator(f'a.item[href="#/resident/{patient.resident.id}"]').first
    _unfold(doctor, line)
    hand.tap("the line of the day", line)
    task = doctor.section("要做的").get_by_role("button", name="高血压随访").first
    hand.tap("the follow-up", task)
    doctor.on("随访和测量")
    hand.tap("systolic", page.get_by_label("高压（收缩压）"))
    for what, number in (("systolic", 132), ("diastolic", 78), ("pulse", 74)):
        hand.type(what, number)
    hand.tap("weight", page.locator('[data-path="weight"] input'))
    hand.type("weight", due.weight)
    hand.button("下一页")
    doctor.on("询问")
    hand.button("都问过了，没有异常")
    hand.button("都问过了，没有异常")
    hand.button("下一页")
    doctor.on("生活方式和用药")
    hand.button("和上次一样，没有变化")
    expect(page.locator('[data-path="medications.0.drug_name"] input')).to_have_value(medicine)
    hand.button("下一页")
    doctor.on("分类和下次随访")
    hand.button("检查并完成")
    hand.button("完成并保存")
    expect(page.get_by_role("heading", name="已保存在这部手机上")).to_be_visible()
    doctor.received()

    (kept,) = [
        row
        for row in sample.rows(SubmissionRow, subject_id=patient.resident.id, form_version=2)
        if row.form_key == "htn_followup"
    ]
    assert (kept.answers["sbp"], kept.answers["fu_class"]) == (132, "1")
    assert kept.answers["medications"][0]["drug_name"] == medicine
    (version,) = sample.rows(SubmissionVersionRow, submission_id=kept.id)
    assert version.violations == []
    assert len(hand.taps) <= MOST_TAPS, hand.taps
    assert len(hand.numbers) <= MOST_NUMBERS, hand.numbers


@contextmanager
def _numbers(hand: Counting, what: str) -> Iterator[None]:
    """The PIN is a number too: six keys, typed in one go."""
    assert len(PIN) == 6
    yield
    hand.numbers.append(what)


def _unfold(doctor: Doctor, line: Locator) -> None:
    """A sample of 600 residents was looked after by nobody: lists are longer than a day's."""
    while not line.is_visible():
        doctor.page.get_by_role("button", name="显示其余").first.click()


@dataclass(frozen=True)
class Due:
    """Somebody controlled whose follow-up is due.

    :param medicine: of the last visit
    :param weight: kg, unremarkable for the height
    """

    home: Home
    medicine: str
    weight: int


def _someone_due(sample: SampleCounty) -> Due:
    tasks = sample.rows(tables.followups.TaskRow, service="hypertension", state="requested")
    due = {t.subject_id for t in tasks if t.opens <= sample.today and t.referral == "none"}
    for number in count():
        home = sample.member(LOGIN, "hypertension", number)
        visits = sample.rows(SubmissionRow, subject_id=home.resident.id, form_key="htn_followup")
        last = max(visits, key=lambda row: row.finalised_at, default=None)
        if home.resident.id not in due or home.resident.sex != "1" or last is None:
            continue
        answers = last.answers
        if answers.get("medications") and answers.get("height") and answers["fu_class"] == "1":
            height = answers["height"] / 100
            return Due(home, answers["medications"][0]["drug_name"], round(22 * height * height))
    raise AssertionError("nobody in the sample is due")
