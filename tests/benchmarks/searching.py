"""``python -m tests.benchmarks.searching``: finding somebody among 2,000, six times slowed down.

The built app in headless Chromium, throttled as DevTools does, with a doctor who looks after the
whole sample. The past of a village is laid beside it: 24,000 rows of the size of real ones in the
history, which a search must not touch. Timed in the page, for every key of every query: the
handler of ``input`` with the search, and the drawing of the list after it, with layout. The floor
is the same event on an input that nobody listens to.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from backend.accounts.service import administration
from backend.sample.county import account_id
from tests.benchmarks import report
from tests.benchmarks.report import Figure, percentile
from tests.browser.chromium import Handset
from tests.browser.doctor import Doctor
from tests.browser.sample import SampleCounty, sample_county
from tests.builders.settings import ROOT
from tests.conftest import fill_template

LOGIN = "doctor"
RESIDENTS = 2000
DOWNLOAD_MS = 300_000
PAST = 24_000
SLOWER = 6
ROUNDS = 5
PROMISED_MS = 50

_PAST = """async (count) => {
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open('suifang')
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
  const hex = (n) => n.toString(16).padStart(12, '0')
  for (let from = 0; from < count; from += 2000) {
    const change = db.transaction('history', 'readwrite')
    for (let n = from; n < Math.min(from + 2000, count); n += 1) {
      const box = crypto.getRandomValues(new Uint8Array(1100))
      const subject_id = `01900000-0000-7000-9000-${hex(n % 2000)}`
      const id = `01900000-0000-7000-8000-${hex(n)}`
      change.objectStore('history').put({ id, subject_id, returned: 0, round: 1, box })
    }
    await new Promise((done, failed) => { change.oncomplete = done; change.onerror = failed })
  }
  db.close()
}"""
_TYPE = """async ([queries, rounds, listened]) => {
  const field = listened ? document.querySelector('input[type=search]')
    : document.body.appendChild(document.createElement('input'))
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
  const looked = [], drawn = []
  let shown = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const query of queries) {
      for (let n = 1; n <= query.length; n += 1) {
        set.call(field, query.slice(0, n))
        const begun = performance.now()
        field.dispatchEvent(new Event('input', { bubbles: true }))
        const handled = performance.now()
        await null; await null; await null
        document.body.offsetHeight
        looked.push(handled - begun)
        drawn.push(performance.now() - begun)
        await new Promise((done) => setTimeout(done, 20))
      }
      shown += document.querySelectorAll('a.item[href^="#/resident/"]').length
    }
  }
  if (!listened) field.remove()
  return { looked, drawn, shown }
}"""


def figures() -> list[Figure]:
    """Median, 95th percentile and worst key press."""
    with tempfile.TemporaryDirectory(prefix="suifang-searching-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        with (
            sample_county(place / "var", template, RESIDENTS) as county,
            sync_playwright() as playwright,
        ):
            near = county.member(LOGIN, "hypertension")
            _give_everything(county)
            phone = Handset(playwright, place / "phone", near.place)
            try:
                doctor = Doctor(phone.open(), county.origin)
                doctor.open()
                doctor.sign_in_first(LOGIN, county.one_time_password(LOGIN), DOWNLOAD_MS)
                doctor.page.evaluate(_PAST, PAST)
                doctor.go("居民")
                expect(doctor.page.get_by_role("searchbox")).to_be_visible()
                return _typed(doctor.page, near.resident.name, str(near.resident.phone or ""))
            finally:
                phone.picture(ROOT / "var" / "searching.png")
                phone.close()


def _give_everything(county: SampleCounty) -> None:
    with county.running.house.write() as session:
        villages = county.account("supervisor").areas
        administration.set_areas(session, account_id(LOGIN), villages)


def _typed(page: Page, name: str, phone: str) -> list[Figure]:
    numbers = [phone[-4:] or "5678", "12", "1001", "王 1"]
    queries = [name, "wang", "wxy", "zhangs", "li", "李", *numbers]
    devtools = page.context.new_cdp_session(page)
    page.evaluate(_TYPE, [queries, 1, True])
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    timed: dict[str, Any] = page.evaluate(_TYPE, [queries, ROUNDS, True])
    floor: dict[str, Any] = page.evaluate(_TYPE, [queries, ROUNDS, False])
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert timed["shown"] > 0, "nobody was found: nothing was measured"
    told: dict[str, Any] = {
        "residents": RESIDENTS,
        "past_submissions": PAST,
        "keys": len(timed["drawn"]),
        "found": timed["shown"],
        "cpu_throttle": SLOWER,
        "promised_ms": PROMISED_MS,
        "browser": page.evaluate("navigator.userAgent.match(/Chrome\\/[0-9.]+/)[0]"),
    }
    return [
        Figure(
            f"search_{called}_p{share}_ms",
            percentile(timed[what], share / 100),
            "ms",
            percentile(floor[what], share / 100),
            told,
        )
        for what, called in (("looked", "handled"), ("drawn", "drawn"))
        for share in (50, 95, 100)
    ]


def main() -> int:
    """Measure and print."""
    print(report.table(figures(), report.machine()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
