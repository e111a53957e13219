"""``python -m tests.benchmarks.full_outbox``: 2,000 unsent records and 500 photos (fault 16).

Chromium; a doctor who was six weeks without a network. One record is made as doctors make them, the
others are its copies under ids and numbers of their own, and 500 sealed photos of 300 kB lie beside
them (150 MB). Aim: every screen within 1 s.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.benchmarks import report
from tests.benchmarks.report import Figure
from tests.browser import visits
from tests.browser.chromium import Handset
from tests.browser.doctor import PIN, Doctor
from tests.browser.sample import sample_county
from tests.conftest import fill_template
from tests.faults.proxy import fault_proxy

RESIDENTS = 600
RECORDS = 2000
PHOTOS = 500
AIM_MS = 1000
LOGIN = "doctor6"
COPIES = """([records, photos]) => new Promise((resolve, reject) => {
  const asked = indexedDB.open('suifang')
  asked.onerror = () => reject(asked.error)
  asked.onsuccess = () => {
    const tables = ['outbox', 'attachments', 'blobs', 'facts', 'residents']
    const writing = asked.result.transaction(tables, 'readwrite')
    const [outbox, pictures, blobs] = tables.map((name) => writing.objectStore(name))
    const copy = (first, people) => {
      for (let n = 1; n < records; n += 1) {
        const [id, seq] = [crypto.randomUUID(), first.seq + n]
        const subject_id = people[n % people.length]
        outbox.put({ ...first, id, seq, subject_id, envelope: { ...first.envelope, id, seq } })
        if (n > photos) continue
        const [sha256, sealed] = [crypto.randomUUID(), new Uint8Array(300_000)]
        for (let at = 0; at < sealed.length; at += 60_000)
          crypto.getRandomValues(sealed.subarray(at, at + 60_000))
        const about = { size: sealed.length, media_type: 'image/jpeg', key_id: 'k', tries: 0 }
        const now = { state: 'waiting', trouble: null, settled_at: null }
        pictures.put({ sha256, draft_id: id, ...about, ...now })
        blobs.put({ sha256, box: null, sealed })
      }
      writing.objectStore('facts').put({ name: 'next_seq', value: first.seq + records })
    }
    writing.objectStore('residents').getAllKeys().onsuccess = (people) => {
      outbox.getAll().onsuccess = (rows) => copy(rows.target.result[0], people.target.result)
    }
    writing.oncomplete = () => { asked.result.close(); resolve() }
    writing.onabort = () => reject(writing.error)
  }
})"""


def main() -> int:
    """Measure once and print."""
    with tempfile.TemporaryDirectory(prefix="suifang-outbox-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        with (
            sample_county(place / "var", template, RESIDENTS) as county,
            fault_proxy(int(county.origin.rpartition(":")[2])) as network,
            sync_playwright() as playwright,
        ):
            patient = county.member(LOGIN, "hypertension")
            phone = Handset(playwright, place / "profile", patient.place)
            doctor = Doctor(phone.open(), network.origin)
            doctor.page.set_default_timeout(120_000)
            doctor.open()
            doctor.sign_in_first(LOGIN, county.one_time_password(LOGIN))
            network.rain(cut_up=0)
            doctor.find(patient.resident.name, patient.resident.id)
            doctor.begin("高血压随访")
            visits.blood_pressure_followup(doctor, 128, 78)
            doctor.turn_to_review()
            doctor.finish()
            doctor.page.evaluate(COPIES, [RECORDS, PHOTOS])
            phone.close()
            doctor = Doctor(phone.open(), network.origin)
            doctor.page.set_default_timeout(120_000)
            doctor.open()
            figures = _measure(doctor, patient.resident.name)
            phone.close()
    print(report.table(figures, report.machine()))
    return 0


def _measure(doctor: Doctor, name: str) -> list[Figure]:
    page = doctor.page
    expect(page.get_by_text("输入 PIN")).to_be_visible()
    for digit in PIN[:-1]:
        doctor.press(digit)
    told = {"records": RECORDS, "photos": PHOTOS}
    found = [
        Figure(
            "PIN to the day's list",
            _ms(lambda: doctor.press(PIN[-1]), doctor.at_work),
            "ms",
            AIM_MS,
            told,
        )
    ]
    items = page.locator("article.item")
    took = _ms(lambda: doctor.go("发件箱"), lambda: expect(items.first).to_be_visible())
    found.append(Figure("the outbox", took, "ms", AIM_MS))
    expect(page.get_by_text(str(RECORDS)).first).to_be_visible()
    search = page.get_by_role("searchbox")
    took = _ms(lambda: doctor.go("居民"), lambda: expect(search).to_be_visible())
    found.append(Figure("the residents", took, "ms", AIM_MS))
    link = page.locator("a[href^='#/resident/']").filter(has_text=name).first
    search.fill(name)
    heading = page.get_by_role("heading", name=name, level=1)
    took = _ms(link.click, lambda: expect(heading).to_be_visible())
    found.append(Figure("a resident", took, "ms", AIM_MS))
    took = _ms(lambda: doctor.go("今日"), doctor.at_work)
    found.append(Figure("the day's list", took, "ms", AIM_MS))
    return found


def _ms(act: Callable[[], None], seen: Callable[[], None]) -> float:
    """Milliseconds from the tap until it is seen; Playwright's own way is in it."""
    began = time.monotonic()
    act()
    seen()
    return (time.monotonic() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
