"""Figures are read from their indexes: no reading looks at every sum, tally or record."""

from __future__ import annotations

import re
from datetime import date

from backend.house import House
from backend.indicators import store
from backend.kernel.ids import new_id
from tests.builders.areas import COUNTY, TOWNSHIP
from tests.builders.plans import plans_of

WHOLE = re.compile(
    r"Seq Scan on|SCAN (figures|figure_days|tallies|recounts)(?! USING COVERING INDEX)"
)


def test_no_reading_looks_at_everything(house: House) -> None:
    day = date(2026, 11, 23)
    behind = store.Behind("bp_control", 2026, 11, [TOWNSHIP], "unmet")
    with house.read() as session:
        for reading in (
            lambda: store.figures(session, [COUNTY], 2026, [11]),
            lambda: store.figures(session, [TOWNSHIP], 2026, [11], "bp_control"),
            lambda: store.monthly(session, [COUNTY], 2026, official=False),
            lambda: store.of_day(session, [COUNTY], day),
            lambda: store.behind(session, behind, None, 100),
            lambda: store.recounts_due(session, day, 100),
            lambda: store.recounts(session, [new_id()]),
            lambda: store.tallies(session, [new_id()], [2026]),
        ):
            for plan in plans_of(session, reading):
                assert not WHOLE.search(plan), plan
