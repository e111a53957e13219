"""Forms that a county brought as XLSForm are filled and finalised on the phone like our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Playwright

from backend.forms import service as forms
from backend.submissions.tables import SubmissionRow, SubmissionVersionRow
from backend.xlsform.service import import_file
from tests.browser.chromium import Handset
from tests.browser.doctor import Doctor
from tests.browser.filling import Filler
from tests.browser.sample import SampleCounty
from tests.browser.test_every_form import LOGIN, Person, begin, moved_in
from tests.builders.settings import ROOT
from tests.builders.xlsforms import HOUSEHOLD_SURVEY, LONG_LIST, SCREENING, example, workbook

pytestmark = pytest.mark.browser

WORKBOOKS = {
    "county_household": workbook(*HOUSEHOLD_SURVEY),
    "county_screening": workbook(*SCREENING),
    "county_villages": workbook(*LONG_LIST),
    "widgets": example("widgets.xls"),
    "spec_test": example("xlsform_spec_test.xlsx"),
    "cascading_select_test": example("cascading_select_test_equivalent.xls"),
}
"""Three of ours, and the three longest of pyxform's; of those sounds and films are left out."""
FIXED = {"widgets": {"my_decimal": 12.5}}
"""What a constraint wants that no value by chance would meet."""


@dataclass(frozen=True)
class Brought:
    """One enrolled phone, with somebody for each form that was brought."""

    doctor: Doctor
    people: dict[str, Person]


@pytest.fixture(scope="module")
def brought(
    sample: SampleCounty, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Brought]:
    schemas = tmp_path_factory.mktemp("brought")
    (schemas / "common").mkdir()
    (schemas / "meta").symlink_to(ROOT / "schemas" / "meta")
    for key, content in WORKBOOKS.items():
        import_file(content, key, schemas, without_media=True)
    house = sample.running.house
    with house.write() as session:
        report = forms.publish_folder(session, schemas, house.clock())
    assert not report.refused
    near = sample.member(LOGIN, "hypertension").household
    with house.read() as session:
        made = {key: forms.compiled(session, key, 1) for key in WORKBOOKS}
    people = {
        key: moved_in(sample, form, 900 + number, near)
        for number, (key, form) in enumerate(made.items())
        if form is not None
    }
    assert near.place is not None
    handset = Handset(playwright, tmp_path_factory.mktemp("imported") / "profile", near.place)
    doctor = Doctor(handset.open(), sample.origin)
    doctor.open()
    doctor.sign_in_first(LOGIN, sample.one_time_password(LOGIN))
    yield Brought(doctor, people)
    handset.picture(tmp_path_factory.getbasetemp() / "imported.png")
    handset.close()


@pytest.mark.parametrize("key", sorted(WORKBOOKS))
def test_a_brought_form_is_filled_on_the_phone(
    brought: Brought, sample: SampleCounty, key: str
) -> None:
    with sample.running.house.read() as session:
        form = forms.compiled(session, key, 1)
    assert form is not None
    person = brought.people[key]
    begin(brought.doctor, form, person)
    filler = Filler(brought.doctor.page, form, person.context, FIXED.get(key))

    seen = filler.fill()
    filler.finish()
    brought.doctor.received()

    assert seen.pages == [page.title["zh-CN"] for page in form.bundle.ui.pages]
    assert seen.broken, "not one field could be answered wrongly"
    (mine,) = sample.rows(SubmissionRow, form_key=key)
    (kept,) = sample.rows(SubmissionVersionRow, submission_id=mine.id)
    assert kept.violations == []
