"""The township at its desk: whom to look at, what to let pass, whom to call, who was not seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from backend import jobs
from backend.accounts import service as accounts
from backend.geo.rules import bounds, township_of
from backend.residents.tables import ResidentRow
from backend.submissions.tables import SubmissionRow
from tests.browser.chromium import DESK
from tests.browser.desk import Desk
from tests.browser.sample import Home, SampleCounty
from tests.browser.township_at_work import lay_in

pytestmark = pytest.mark.browser


def homes_of(sample: SampleCounty, area: str, number: int) -> list[Home]:
    """People of an area at home, again from the first when there are too few."""
    with sample.running.house.read() as session:
        ids = session.scalars(
            select(ResidentRow.id).where(
                ResidentRow.village_code.between(*bounds(area)),
                ResidentRow.household_id.is_not(None),
            )
        ).all()
    people = [sample.home(one) for one in ids[:number]]
    return [people[no % len(people)] for no in range(number)]


@pytest.fixture
def desk(sample: SampleCounty, browser: Browser) -> Desk:
    """The reviewer, signed in; two doctors have sent their visits, one of them invented."""
    house = sample.running.house
    township = min(sample.account("reviewer").areas)
    with house.read() as session:
        found = accounts.accounts_in(session, [bounds(township)])
    doctors = [one for one in found if one.role == "worker"][-2:]
    for doctor, invented in zip(doctors, (True, False), strict=True):
        lay_in(house, doctor.id, homes_of(sample, min(doctor.areas), 40), invented=invented)
    jobs.weigh_credibility(house, house.clock())
    desk = Desk(browser.new_page(**DESK), sample.origin)
    desk.open()
    desk.sign_in_first("reviewer", sample.one_time_password("reviewer"))
    desk.page.set_default_timeout(15_000)
    assert township_of(township) == township
    return desk


def go(page: Page, place: str) -> None:
    page.get_by_role("link", name=place).first.click()


def test_the_township_looks_decides_calls_and_finds_who_was_not_visited(
    desk: Desk, sample: SampleCounty
) -> None:
    page = desk.page
    before = len(sample.rows(SubmissionRow, state="approved"))

    page.get_by_role("button", name="通过无疑点").click()
    done = page.get_by_role("status")
    expect(done).to_contain_text("已通过")
    assert len(sample.rows(SubmissionRow, state="approved")) > before
    done.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销")).to_be_visible()
    assert len(sample.rows(SubmissionRow, state="approved")) == before

    page.get_by_placeholder("问医生，或记下情况").fill("当天在哪里随访？")
    desk.press("发送")
    expect(page.locator(".comment")).to_contain_text("当天在哪里随访？")

    go(page, "真实")
    expect(page.get_by_role("heading", name="随访真实性")).to_be_visible()
    page.locator("tbody a").first.click()
    expect(page.get_by_role("figure")).to_have_count(4)

    go(page, "地图")
    page.get_by_text("显示未访视的住户").click()
    expect(page.get_by_text("本季度未见到人的住户")).to_be_visible()

    go(page, "抽查")
    desk.press("抽一份名单")
    page.get_by_role("dialog").get_by_role("button", name="抽一份名单").click()
    page.get_by_role("button", name="记录通话").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("本人接听").click()
    dialog.get_by_role("button", name="下一页").click()
    dialog.get_by_role("group", name="医生来过或联系过吗").get_by_text("否").click()
    dialog.get_by_role("group", name="病情控制得怎样").locator("label").first.click()
    dialog.get_by_role("group", name="对服务满意吗").locator("label").first.click()
    dialog.get_by_role("button", name="下一页").click()
    dialog.get_by_role("group", name="与档案是否一致").get_by_text("不一致").click()
    dialog.get_by_label("不一致的地方").fill("医生没有来过")
    dialog.get_by_role("button", name="检查并完成").click()
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("不一致的地方已经转给医生说明。")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("医生没有来过")
