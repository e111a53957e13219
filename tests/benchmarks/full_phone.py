"""``python -m tests.benchmarks.full_phone``: a phone full of residents, on a slow processor.

Chromium with the processor slowed down six times; a doctor of the whole county with 2,000 residents
and all their visits. Aims: start to usable 2 s (after the PIN), a form opens in 300 ms, finishing
100 ms, heap 120 MB.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import CDPSession, expect, sync_playwright

from backend.accounts.service import administration
from backend.geo.rules import county_of
from backend.submissions.tables import SubmissionRow
from tests.benchmarks import report
from tests.benchmarks.report import Figure
from tests.browser import visits
from tests.browser.chromium import Handset
from tests.browser.doctor import PIN, Doctor
from tests.browser.sample import SampleCounty, sample_county
from tests.conftest import fill_template

RESIDENTS = 2000
SLOWER = 6
LOGIN = "doctor"


def main() -> int:
    """Measure once and print."""
    with tempfile.TemporaryDirectory(prefix="suifang-full-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        with (
            sample_county(place / "var", template, RESIDENTS) as county,
            sync_playwright() as playwright,
        ):
            house, account = county.running.house, county.account(LOGIN)
            with house.write() as session:
                administration.set_areas(session, account.id, [county_of(account.areas[0])])
            patient = county.member(LOGIN, "hypertension")
            phone = Handset(playwright, place / "profile", patient.place)
            doctor = Doctor(phone.open(), county.origin)
            doctor.page.set_default_timeout(300_000)
            doctor.open()
            doctor.sign_in_first(LOGIN, county.one_time_password(LOGIN))
            phone.close()
            figures = _measure(county, phone)
            phone.close()
    print(report.table(figures, report.machine()))
    return 0


def _measure(county: SampleCounty, phone: Handset) -> list[Figure]:
    doctor = Doctor(phone.open(), county.origin)
    page = doctor.page
    page.set_default_timeout(120_000)
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    doctor.open()
    expect(page.get_by_text("输入 PIN")).to_be_visible()
    for digit in PIN[:-1]:
        doctor.press(digit)
    usable = _timed(lambda: doctor.press(PIN[-1]), doctor.at_work)
    patient = county.member(LOGIN, "hypertension", 1).resident
    doctor.find(patient.name, patient.id)
    bar = page.get_by_role("progressbar")
    button = page.get_by_role("button", name="高血压随访").first
    opened = _timed(button.click, lambda: expect(bar).to_be_visible())
    visits.blood_pressure_followup(doctor, 128, 78)
    doctor.turn_to_review()
    saved = page.get_by_role("heading", name="已保存在这部手机上")
    finished = _timed(lambda: doctor.press("完成并保存"), lambda: expect(saved).to_be_visible())
    told = {"residents": RESIDENTS, "submissions": len(county.rows(SubmissionRow))}
    return [
        Figure("PIN to the day's list, 6x slower", usable * 1000, "ms", 2000, told),
        Figure("a form opens, 6x slower", opened * 1000, "ms", 300),
        Figure("finishing, 6x slower", finished * 1000, "ms", 100),
        Figure("heap", _heap_mb(tools), "MB", 120),
        Figure("submissions on the server", float(told["submissions"]), ""),
    ]


def _timed(act: Callable[[], None], seen: Callable[[], None]) -> float:
    """Seconds from the tap until it is seen; Playwright's own way is in it."""
    began = time.monotonic()
    act()
    seen()
    return time.monotonic() - began


def _heap_mb(tools: CDPSession) -> float:
    tools.send("HeapProfiler.collectGarbage")
    return float(tools.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


if __name__ == "__main__":
    sys.exit(main())
