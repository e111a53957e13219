"""``python -m tests.benchmarks.full_phone``: a phone full of residents, on a slow processor.

Chromium with the processor slowed down six times; a doctor of the whole county with 2,000 residents
and 24,000 visits, on a phone that was opened before. Aims: from the last digit of the PIN to the
day's list 2 s, a form opens in 300 ms, finishing 100 ms, heap 120 MB. Timed in the page, from the
tap to the frame that shows what was waited for. Beside them the time of a loop that is always the
same, unthrottled: how fast the machine was just then.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from backend.accounts.service import administration
from backend.geo.rules import county_of
from tests.benchmarks import report
from tests.benchmarks.keystroke import LOOP
from tests.benchmarks.report import Figure
from tests.browser import visits
from tests.browser.chromium import Handset
from tests.browser.doctor import PIN, Doctor
from tests.browser.sample import Home, SampleCounty, sample_county
from tests.builders.past import lengthen
from tests.conftest import fill_template

RESIDENTS = 2000
SUBMISSIONS = 24_000
SLOWER = 6
LOGIN = "doctor"
PATIENCE_MS = 300_000
_TIMER = """(selector) => {
  window.took = new Promise((done) => {
    const tapped = () => {
      const begun = performance.now()
      const look = () => {
        if (document.querySelector(selector) === null) return requestAnimationFrame(look)
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)))
      }
      look()
    }
    document.addEventListener('click', tapped, { once: true, capture: true })
  })
}"""


def main() -> int:
    """Measure once and print."""
    print(report.table(figures(), report.machine()))
    return 0


def figures() -> list[Figure]:
    """Start, form, finish and heap."""
    with tempfile.TemporaryDirectory(prefix="suifang-full-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        with (
            sample_county(place / "var", template, RESIDENTS) as county,
            sync_playwright() as playwright,
        ):
            told = {
                "residents": RESIDENTS,
                "submissions": lengthen(county.running.house, SUBMISSIONS),
            }
            house, account = county.running.house, county.account(LOGIN)
            with house.write() as session:
                administration.set_areas(session, account.id, [county_of(account.areas[0])])
            phone = Handset(
                playwright, place / "profile", county.member(LOGIN, "hypertension", 1).place
            )
            _fill(county, phone)
            found = _measure(county.member(LOGIN, "hypertension", 1), county.origin, phone)
            phone.close()
    return [Figure(f.name, f.value, f.unit, f.floor, told) for f in found]


def _fill(county: SampleCounty, phone: Handset) -> None:
    """The first download, then one opening as on every morning."""
    doctor = _patient(phone, county.origin)
    doctor.open()
    doctor.begin_first(LOGIN, county.one_time_password(LOGIN))
    expect(doctor.today).to_be_visible(timeout=PATIENCE_MS)
    doctor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.close()
    doctor = _patient(phone, county.origin)
    doctor.open()
    doctor.type_pin()
    expect(doctor.today).to_be_visible(timeout=PATIENCE_MS)
    _until_put_away(doctor.page)
    phone.close()


def _until_put_away(page: Page) -> None:
    """The phone writes down what it opened when nobody taps."""
    page.wait_for_function(
        """() => new Promise((done) => {
          const asked = indexedDB.open('suifang')
          asked.onsuccess = () => {
            const kept = asked.result.transaction('facts').objectStore('facts').get('kept')
            kept.onsuccess = () => { asked.result.close(); done(kept.result !== undefined) }
          }
        })""",
        timeout=PATIENCE_MS,
    )


def _measure(somebody: Home, origin: str, phone: Handset) -> list[Figure]:
    doctor = _patient(phone, origin)
    page = doctor.page
    doctor.open()
    expect(page.get_by_text("输入 PIN")).to_be_visible()
    tools = page.context.new_cdp_session(page)
    loop = float(page.evaluate(LOOP))
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    for digit in PIN[:-1]:
        doctor.press(digit)
    found = []
    with _timed(page, ".section", "PIN to the day's list, 6x slower", 2000, found):
        doctor.press(PIN[-1])
    doctor.find(somebody.resident.name, somebody.resident.id)
    with _timed(page, "progress.steps", "a form opens, 6x slower", 300, found):
        page.get_by_role("button", name="高血压随访").first.click()
    visits.blood_pressure_followup(doctor, 128, 78)
    doctor.turn_to_review()
    page.wait_for_timeout(2000)  # the doctor reads what follows
    with _timed(page, ".tick", "finishing, 6x slower", 100, found):
        doctor.press("完成并保存")
    found.append(Figure("heap", _heap_mb(tools), "MB", 120))
    return [*found, Figure("the fixed loop, not slowed", loop, "ms")]


def _patient(phone: Handset, origin: str) -> Doctor:
    doctor = Doctor(phone.open(), origin)
    doctor.page.set_default_timeout(PATIENCE_MS)
    return doctor


@contextmanager
def _timed(page: Page, shown: str, name: str, aim: float, found: list[Figure]) -> Iterator[None]:
    page.evaluate(_TIMER, shown)
    yield
    found.append(Figure(name, float(page.evaluate("window.took")), "ms", aim))


def _heap_mb(tools: CDPSession) -> float:
    tools.send("HeapProfiler.collectGarbage")
    return float(tools.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


if __name__ == "__main__":
    sys.exit(main())
