"""``python -m tests.benchmarks.download``: the first download of a new phone.

2,000 residents with 24,000 submissions over a line of 1 Mbit/s, torn three times on the way: the
phone's own code in Node, the real server, the fault proxy between them. Aim: 60 s, with the rests
the phone takes after each break. Told are also when the doctor could begin, and what the answers
weigh.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

from backend.accounts.service import administration
from backend.geo.rules import county_of
from tests.benchmarks import report
from tests.benchmarks.report import Figure
from tests.browser.sample import sample_county
from tests.builders.accounts import PASSWORD
from tests.builders.past import lengthen
from tests.conftest import fill_template
from tests.faults.phone import PIN, NodePhone, bundled_phone
from tests.faults.proxy import FaultProxy, fault_proxy

RESIDENTS = 2000
SUBMISSIONS = 24_000
BYTES_PER_S = 125_000
BREAKS_S = (6.0, 14.0, 22.0)
LOGIN = "doctor"


def main() -> int:
    """Measure once and print; 1 when the download took more than a minute."""
    with tempfile.TemporaryDirectory(prefix="suifang-download-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        code = bundled_phone(place)
        with (
            sample_county(place / "var", template, RESIDENTS) as county,
            fault_proxy(int(county.origin.rpartition(":")[2])) as network,
        ):
            house, account = county.running.house, county.account(LOGIN)
            lengthen(house, SUBMISSIONS)
            with house.write() as session:
                administration.set_areas(session, account.id, [county_of(account.areas[0])])
            one_time = county.one_time_password(LOGIN)
            phone = NodePhone(code, network.origin)
            phone.do("live")
            phone.do("enter", LOGIN, one_time, PASSWORD)
            phone.wait_for("choose_pin")
            figures = _download(phone, network)
            phone.end()
    print(report.table(figures, report.machine()))
    return 0 if figures[0].value <= 60 else 1


def _download(phone: NodePhone, network: FaultProxy) -> list[Figure]:
    network.rain(bytes_per_s=BYTES_PER_S)
    breaks = [threading.Timer(after, network.hang_up) for after in BREAKS_S]
    for one in breaks:
        one.start()
    began = time.monotonic()
    carried = network.carried
    usable = None
    phone.do("pin_soon", PIN)
    while True:
        state = phone.state()
        if usable is None and state["stored"]["residents"] > 0:
            usable = time.monotonic() - began
        if state["stage"] == "open":
            break
        phone.do("rest", 200)
    took = time.monotonic() - began
    for one in breaks:
        one.cancel()
    stored = state["stored"]
    told = {"residents": stored["residents"], "history": stored["history"], "breaks": len(breaks)}
    return [
        Figure("first download, 1 Mbit/s, torn three times", took, "s", 60.0, told),
        Figure("first residents on the phone", usable or took, "s"),
        Figure("carried", (network.carried - carried) / 1e6, "MB"),
    ]


if __name__ == "__main__":
    sys.exit(main())
