"""What happens to the browser itself: killed, hidden, two tabs, full, wiped, robbed of its powers.

Faults 01, 02, 06 to 13, 17 and 18, in Chromium. One phone for all of them: what each leaves behind
the next one finds, as in life.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from backend.submissions.tables import SubmissionRow
from tests.browser import running, visits
from tests.browser.chromium import Handset
from tests.browser.doctor import Doctor
from tests.browser.sample import SampleCounty, sample_county
from tests.faults.proxy import FaultProxy, fault_proxy

pytestmark = pytest.mark.browser

LOGIN = "doctor6"
RESIDENTS = 200  # as many as it takes for this doctor to have half a dozen patients
WEIGHT = "61.5"


@dataclass
class Place:
    """A county whose pages can change, and the profile of a phone that was set up in it."""

    county: SampleCounty
    network: FaultProxy
    pages: Path
    profile: Path
    playwright: Playwright

    def phone(self, **options: Any) -> Handset:
        """The one phone; its browser is not open yet."""
        patient = self.county.member(LOGIN, "hypertension")
        return Handset(self.playwright, self.profile, patient.place, **options)


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, playwright: Playwright
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("browsers")
    pages = folder / "pages"
    shutil.copytree(running.built_pages(), pages)
    with (
        pytest.MonkeyPatch.context() as patch,
        sample_county_with(patch, pages, folder, sqlite_template) as county,
        fault_proxy(int(county.origin.rpartition(":")[2])) as network,
    ):
        here = Place(county, network, pages, folder / "profile", playwright)
        phone = here.phone()
        doctor = Doctor(phone.open(), network.origin)
        doctor.open()
        doctor.sign_in_first(LOGIN, county.one_time_password(LOGIN))
        phone.close()
        yield here


def sample_county_with(patch: pytest.MonkeyPatch, pages: Path, folder: Path, template: Path) -> Any:
    """A county that serves these pages, which a test may change."""
    patch.setattr(running, "built_pages", lambda: pages)
    return sample_county(folder / "var", template, RESIDENTS)


@pytest.fixture
def open_phone(place: Place) -> Iterator[Callable[..., tuple[Handset, Doctor]]]:
    """``open_phone()``: the phone's browser, unlocked; it ends with the test."""
    made: list[Handset] = []

    def go(*, unlock: bool = True, scripts: str = "", **options: Any) -> tuple[Handset, Doctor]:
        place.network.clear()
        phone = place.phone(**options)
        made.append(phone)
        page = phone.open()
        if scripts:
            page.context.add_init_script(scripts)
        doctor = Doctor(page, place.network.origin)
        doctor.open()
        if unlock:
            doctor.unlock()
        return phone, doctor

    yield go
    for phone in made:
        phone.close()


def begin(place: Place, doctor: Doctor, number: int) -> str:
    """Open the follow-up of a patient and write the blood pressure; the patient's name."""
    patient = place.county.member(LOGIN, "hypertension", number).resident
    doctor.find(patient.name, patient.id)
    doctor.begin("高血压随访")
    doctor.on("随访和测量")
    doctor.write_pressure(128, 78)
    return patient.name


def taken_up(doctor: Doctor, name: str) -> None:
    """Go on with the draft, from the list of today's work."""
    doctor.go("今日")
    doctor.section("没填完的").get_by_role("link", name=name).click()
    doctor.on("随访和测量")
    expect(doctor.page.get_by_label("体重").first).to_have_value(WEIGHT)


def test_fault_01_and_18_killed_in_a_half_filled_form_on_a_slow_phone(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    phone, doctor = open_phone()
    name = begin(place, doctor, 0)
    slow = doctor.page.context.new_cdp_session(doctor.page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    doctor.page.get_by_label("体重").first.fill(WEIGHT)
    doctor.page.wait_for_timeout(700)
    phone.kill()
    _, doctor = open_phone()
    expect(doctor.section("没填完的").get_by_text("上次填到").first).to_be_visible()
    taken_up(doctor, name)


@pytest.mark.faults
def test_fault_02_hidden_and_closed_in_the_moment_of_typing(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    phone, doctor = open_phone()
    name = begin(place, doctor, 1)
    doctor.page.get_by_label("体重").first.fill(WEIGHT)
    doctor.page.evaluate(
        """() => {
          Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
          document.dispatchEvent(new Event('visibilitychange'))
        }"""
    )
    doctor.page.wait_for_timeout(120)  # less than the rest after which a draft is saved anyway
    phone.kill()
    _, doctor = open_phone()
    taken_up(doctor, name)


@pytest.mark.faults
def test_fault_06_and_12_a_new_version_while_a_form_is_open_in_another_tab(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    _, doctor = open_phone()
    begin(place, doctor, 2)
    doctor.page.get_by_label("体重").first.fill(WEIGHT)
    other = Doctor(doctor.page.context.new_page(), place.network.origin)
    other.open()
    other.unlock()
    _publish_another_version(place.pages)
    other.go("我的")
    other.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    expect(other.page.get_by_text("有新版本")).to_be_visible()
    expect(doctor.page.get_by_label("体重").first).to_have_value(WEIGHT)  # nobody tore it

    other.press("现在更新")
    expect(other.page.get_by_text("输入 PIN")).to_be_visible()
    other.page.close()
    expect(doctor.page.get_by_text("输入 PIN")).to_be_visible()
    doctor.unlock_anywhere()  # the form that was open is open again, where it was left
    expect(doctor.page.get_by_label("体重").first).to_have_value(WEIGHT)


def _publish_another_version(pages: Path) -> None:
    for file in pages.glob("sw.js*"):
        if file.suffix in (".br", ".gz"):
            file.unlink()
    worker = pages / "sw.js"
    worker.write_text(worker.read_text(encoding="utf-8") + "\n// the next one\n", encoding="utf-8")


def test_fault_07_one_draft_in_two_tabs(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    _, doctor = open_phone()
    begin(place, doctor, 3)
    second = Doctor(doctor.page.context.new_page(), place.network.origin)
    second.page.goto(doctor.page.url)
    second.unlock_anywhere()
    expect(second.page.get_by_text("这张表正在另一个窗口填写")).to_be_visible()
    doctor.page.get_by_label("体重").first.fill(WEIGHT)
    doctor.page.wait_for_timeout(600)
    expect(doctor.page.get_by_text("这张表正在另一个窗口填写")).to_be_hidden()


# What Chromium does on a full disk: the request is taken, then the transaction is aborted. (Its
# own override of the quota is without effect since it tells every page 10 GiB.)
FULL = """
  for (const name of ['put', 'add']) {
    const real = IDBObjectStore.prototype[name]
    IDBObjectStore.prototype[name] = function (...words) {
      const asked = real.apply(this, words)
      if (window.full) {
        const error = new DOMException('full', 'QuotaExceededError')
        Object.defineProperty(this.transaction, 'error', { value: error })
        this.transaction.abort()
      }
      return asked
    }
  }"""


@pytest.mark.faults
def test_fault_08_the_phone_is_full(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    phone, doctor = open_phone(scripts=FULL)
    name = begin(place, doctor, 2)
    doctor.page.evaluate("() => { window.full = true }")
    doctor.page.get_by_label("体重").first.fill("62.5")
    expect(doctor.page.get_by_text("没有保存下来")).to_be_visible()
    doctor.page.evaluate("() => { window.full = false }")
    doctor.page.get_by_label("体重").first.fill(WEIGHT)
    expect(doctor.page.get_by_text("没有保存下来")).to_be_hidden()
    phone.kill()
    _, doctor = open_phone()
    taken_up(doctor, name)


def test_fault_10_storage_that_is_not_promised_or_not_there_is_said_before_capture(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    phone, doctor = open_phone()
    expect(doctor.page.get_by_text("浏览器没有承诺长期保存数据")).to_be_visible()
    phone.close()
    robbed = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }"
    _, doctor = open_phone(unlock=False, scripts=robbed)
    expect(doctor.page.get_by_text("这个浏览器现在不能安全保存记录")).to_be_visible()


@pytest.mark.faults
def test_fault_11_the_connection_to_the_storage_is_lost(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    hook = """
      const open = IDBFactory.prototype.open
      window.opened = []
      IDBFactory.prototype.open = function (...words) {
        const asked = open.apply(this, words)
        asked.addEventListener('success', () => window.opened.push(asked.result))
        return asked
      }"""
    phone, doctor = open_phone(scripts=hook)
    name = begin(place, doctor, 5)
    doctor.page.evaluate("() => window.opened.forEach((one) => one.close())")
    doctor.page.get_by_label("体重").first.fill(WEIGHT)
    doctor.page.wait_for_timeout(800)
    expect(doctor.page.get_by_text("没有保存下来")).to_be_hidden()
    phone.kill()
    _, doctor = open_phone()
    taken_up(doctor, name)


@pytest.mark.faults
def test_fault_13_the_browser_wakes_the_worker_while_no_page_is_open(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    phone, doctor = open_phone(permissions=["geolocation", "background-sync"])
    family = place.county.new_family(LOGIN, "方晚归")
    doctor.exchange()
    doctor.find(family.resident.name, family.resident.id)
    doctor.page.locator(f'a[href="#/household/{family.household.id}"]').click()
    doctor.begin("入户访视")
    place.network.rain(cut_up=0)
    visits.household_visit(doctor, family.resident.name)
    doctor.finish()
    page = doctor.page
    scope = page.evaluate(
        "navigator.serviceWorker.ready.then(async (one) => (await one.sync.getTags()).join())"
    )
    assert scope == "suifang:hand-in"
    tools = page.context.new_cdp_session(page)
    found: list[Any] = []

    def note(told: dict[str, Any]) -> None:  # Playwright takes no method of a list
        found.append(told)

    tools.on("ServiceWorker.workerRegistrationUpdated", note)
    tools.send("ServiceWorker.enable")
    page.goto("about:blank")
    page.wait_for_timeout(200)
    (registration,) = {
        one["registrationId"]
        for event in found
        for one in event["registrations"]
        if one["scopeURL"].startswith(f"{place.network.origin}/capture/")
    }
    place.network.clear()
    wake = {"origin": place.network.origin, "registrationId": registration, "lastChance": False}
    tools.send("ServiceWorker.dispatchSyncEvent", wake | {"tag": "suifang:hand-in"})
    for _ in range(100):
        if place.county.rows(SubmissionRow, household_id=family.household.id):
            break
        page.wait_for_timeout(100)
    assert len(place.county.rows(SubmissionRow, household_id=family.household.id)) == 1
    phone.close()
    _, doctor = open_phone()
    doctor.go("发件箱")
    expect(doctor.page.get_by_text("全部已上传")).to_be_visible()


@pytest.mark.faults
def test_fault_13_and_17_no_push_no_background_sync_no_location(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    robbed = "delete window.PushManager; delete window.SyncManager; delete window.Notification"
    _, doctor = open_phone(scripts=robbed, permissions=[])
    family = place.county.new_family(LOGIN, "方自在")
    doctor.exchange()
    doctor.find(family.resident.name, family.resident.id)
    doctor.page.locator(f'a[href="#/household/{family.household.id}"]').click()
    doctor.begin("入户访视")
    visits.household_visit(doctor, family.resident.name)
    doctor.finish()
    doctor.received()


@pytest.mark.faults
def test_fault_09_the_browser_wiped_its_storage(
    place: Place, open_phone: Callable[..., tuple[Handset, Doctor]]
) -> None:
    _, doctor = open_phone()
    tools = doctor.page.context.new_cdp_session(doctor.page)
    every = {"origin": place.network.origin, "storageTypes": "all"}
    tools.send("Storage.clearDataForOrigin", every)
    doctor.page.reload()
    expect(doctor.page.get_by_label("账号")).to_be_visible()
    expect(doctor.page.get_by_text("全部已上传")).to_be_hidden()
