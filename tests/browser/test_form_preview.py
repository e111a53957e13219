"""A county tries a form at the desk as on a phone, before anybody gets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.submissions.tables import SubmissionRow
from tests.browser.chromium import DESK
from tests.browser.desk import Desk
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser

FORM = Path(__file__).parents[2] / "schemas" / "forms" / "htn_followup" / "2"


@pytest.fixture(scope="module")
def supervisor(sample: SampleCounty, browser: Browser) -> Page:
    """The page of the county's supervisor, signed in."""
    desk = Desk(browser.new_page(**DESK), sample.origin)
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    return desk.page


def test_two_versions_stand_side_by_side(supervisor: Page, tmp_path: Path) -> None:
    """Before a county is asked to take a new version, it sees what will be asked differently."""
    page = supervisor
    page.get_by_role("link", name="表单").click()
    newer = page.get_by_role("row", name="vaccination/2")
    oldest = page.get_by_role("row", name="vaccination/1")
    expect(oldest.get_by_role("button", name="和第")).to_have_count(0)
    newer.get_by_role("button", name="和第 1 版比较").click()

    path = page.get_by_text("screening", exact=True)
    added = page.get_by_role("row").filter(has=path)
    expect(added).to_contain_text("接种前健康询问")
    expect(added).to_contain_text("新增")
    changed = page.get_by_role("row").filter(has_text="contraindication")
    expect(changed).to_contain_text("修改 · 必填条件")
    expect(changed.locator("del")).to_have_text("vacc_result != '1'")
    expect(changed.locator("ins")).to_have_text("source == '1' || vacc_result != '1'")
    page.screenshot(path=tmp_path / "compared.png", full_page=True)
    page.get_by_role("button", name="返回列表").click()
    expect(newer).to_be_visible()


def test_a_draft_is_tried_at_the_desk_and_nothing_is_kept(
    supervisor: Page, sample: SampleCounty, tmp_path: Path
) -> None:
    before = len(sample.rows(SubmissionRow, form_key="htn_followup"))
    page = supervisor
    page.get_by_role("link", name="表单").click()
    row = page.get_by_role("row", name="htn_followup/2")
    row.get_by_role("button", name="试填").click()
    phone = page.get_by_label("手机上的样子")
    phone.get_by_label("高压（收缩压）").fill("186")
    phone.get_by_label("低压（舒张压）").fill("112")
    expect(page.get_by_text("立即转诊", exact=True)).to_be_visible()
    page.screenshot(path=tmp_path / "preview.png")

    for name in ("form.json", "data.schema.json", "ui.json"):
        content = json.loads((FORM / name).read_text(encoding="utf-8"))
        if name == "ui.json":
            content["pages"][1]["visible"] = "colour == '1'"
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    page.get_by_role("button", name="返回列表").click()
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.glob("*.json")))
    expect(page.get_by_text("'colour' is not known here")).to_be_visible()
    assert len(sample.rows(SubmissionRow, form_key="htn_followup")) == before
