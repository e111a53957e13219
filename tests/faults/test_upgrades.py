"""The browser is killed while it brings the phone's database to a new version (fault 04)."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.chromium import Handset
from tests.browser.sample import SampleCounty

pytestmark = [pytest.mark.browser, pytest.mark.faults]

ROWS = 3000
KILLS = 12
# Tables of the first version, as phones in the field have them; Dexie writes its version tenfold.
FIRST = {
    "keys": ["name"], "facts": ["name"], "areas": ["code"], "offers": ["id"], "bundles": ["id"],
    "households": ["id", "local_for"], "residents": ["id", "local_for"],
    "tasks": ["id", "subject_id", "local_for"], "history": ["id", "subject_id", "returned"],
    "drafts": ["id", "subject_id", "updated_at"], "outbox": ["id", "seq", "state", "subject_id"],
}  # fmt: skip
SEED = """([tables, rows]) => new Promise((resolve, reject) => {
  const asked = indexedDB.open('suifang', 10)
  asked.onerror = () => reject(asked.error)
  asked.onupgradeneeded = () => {
    for (const [name, [key, ...indexes]] of Object.entries(tables)) {
      const table = asked.result.createObjectStore(name, { keyPath: key })
      for (const index of indexes) table.createIndex(index, index)
    }
  }
  asked.onsuccess = () => {
    const writing = asked.result.transaction(['outbox', 'history', 'facts'], 'readwrite')
    const box = new Uint8Array(400)
    for (let n = 1; n <= rows; n += 1) {
      const id = `0197aaaa-0000-7000-8000-${String(n).padStart(12, '0')}`
      const envelope = { id, seq: n, device_id: 'd', sha256: 'x', sealed: 'y'.repeat(2000) }
      writing.objectStore('outbox').put({ id, seq: n, state: 'waiting', subject_id: id, envelope })
      writing.objectStore('history').put({ id, subject_id: id, returned: 0, round: 1, box })
    }
    writing.objectStore('facts').put({ name: 'next_seq', value: rows + 1 })
    writing.oncomplete = () => { asked.result.close(); resolve(rows) }
    writing.onabort = () => reject(writing.error)
  }
})"""
COUNT = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open('suifang')
  asked.onerror = () => reject(asked.error)
  asked.onsuccess = () => {
    const { result: db } = asked
    const told = { version: db.version, tables: [...db.objectStoreNames] }
    const reading = db.transaction(['outbox', 'history', 'facts'])
    for (const name of ['outbox', 'history', 'facts']) {
      reading.objectStore(name).count().onsuccess = (event) => { told[name] = event.target.result }
    }
    reading.oncomplete = () => { db.close(); resolve(told) }
  }
})"""


def test_fault_04_killed_while_the_database_is_upgraded(
    playwright: Playwright, small: SampleCounty, tmp_path: Path
) -> None:
    phone = Handset(playwright, tmp_path / "profile", (109.4, 27.2))
    page = phone.open()
    plain = f"{small.origin}/api/v1/health/live"  # a page of this origin that is none of ours
    page.goto(plain)
    assert page.evaluate(SEED, [FIRST, ROWS]) == ROWS
    phone.close()
    chance, seen = Random(4), []  # noqa: S311
    for _ in range(KILLS):
        page = phone.open()
        page.goto(f"{small.origin}/capture/", wait_until="commit")
        page.wait_for_timeout(chance.uniform(0, 400))
        phone.kill()
        page = phone.open()
        page.goto(plain)
        told: dict[str, Any] = page.evaluate(COUNT)
        phone.close()
        seen.append(told["version"])
        assert (told["outbox"], told["history"]) == (ROWS, ROWS), told
        assert ("attachments" in told["tables"]) == (told["version"] > 10), "all of it, or nothing"
        if told["version"] > 10:
            break
    print("versions after each kill:", json.dumps(seen))

    page = phone.open()
    page.goto(f"{small.origin}/capture/")
    expect(page.get_by_label("账号")).to_be_visible()
    page.goto(plain)
    told = page.evaluate(COUNT)
    assert (told["version"] > 10, told["outbox"], told["history"]) == (True, ROWS, ROWS)
    phone.close()
