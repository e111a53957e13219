"""The township makes one of two files that are of one woman, and takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from backend import jobs
from backend.kernel.ids import new_id
from backend.residents import service as residents
from tests.browser.desk import Desk
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser


def test_two_files_are_made_one_and_parted_again(sample: SampleCounty, browser: Browser) -> None:
    house = sample.running.house
    home = sample.member("doctor2", "hypertension")
    twice = replace(home.resident, id=new_id(), id_no=None, details={})
    with house.write() as session:
        residents.save(session, house.vault, (), [twice], house.clock())
    assert jobs.match_people(house, house.clock()) >= 1

    page = browser.new_page(viewport={"width": 1366, "height": 768})
    desk = Desk(page, sample.origin)
    desk.open()
    desk.sign_in_first("reviewer", sample.one_time_password("reviewer"))
    page.get_by_role("link", name="身份").click()
    name = home.resident.name
    page.get_by_role("button", name=f"{name} · {name}").click()
    expect(page.get_by_role("button", name="不是同一人")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("status")).to_contain_text(f"已并入{name}的档案")
    expect(page.get_by_role("button", name=f"{name} · {name}")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.get_by_role("button", name=f"{name} · {name}")).to_be_visible()
    page.close()
