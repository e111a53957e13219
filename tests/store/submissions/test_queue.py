"""The queue in its order, however large: page by page, by area, without looking at everything."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.house import House
from backend.submissions.store import exported, pages
from backend.submissions.store.pages import Filter
from tests.builders.areas import (
    COUNTY,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    SIBLING_VILLAGE,
    TOWNSHIP,
    VILLAGE,
)
from tests.builders.plans import plans_of
from tests.builders.submissions import keep, row_of

SORTED_WHOLE = re.compile(
    r"SEARCH submissions .*\nUSE TEMP|Sort\n\s+Sort Key: .*\n\s+->  (Index|Bitmap|Seq)"
)
"""A sort of what an index gave: of everything, not of the first fifty."""

VILLAGES = (VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE)


@pytest.fixture
def crowd(house: House) -> list[dict[str, Any]]:
    now = house.clock()
    rows = [row_of(now, no, village_code=VILLAGES[no // 2 % 3]) for no in range(1_200)]
    keep(house, rows)
    return rows


def expected(rows: list[dict[str, Any]], codes: tuple[str, ...], **asked: Any) -> list[str]:
    inside = [
        row
        for row in rows
        if row["village_code"] in codes
        and row["state"] in asked.get("states", (row["state"],))
        and asked.get("form_key", row["form_key"]) == row["form_key"]
    ]
    inside.sort(key=lambda row: (-row["priority"], row["received_at"], row["id"]))
    return [row["id"] for row in inside]


@pytest.mark.parametrize(
    ("areas", "villages"),
    [
        ((TOWNSHIP,), (VILLAGE, SIBLING_VILLAGE)),
        ((COUNTY,), VILLAGES),
        ((VILLAGE,), (VILLAGE,)),
        ((OTHER_TOWNSHIP, SIBLING_VILLAGE), (OTHER_VILLAGE, SIBLING_VILLAGE)),
        (tuple(f"9901021002{n:02}" for n in range(10, 20)), ()),
        ((), ()),
    ],
)
def test_every_submission_comes_once_the_most_doubtful_then_the_oldest_first(
    house: House, crowd: list[dict[str, Any]], areas: tuple[str, ...], villages: tuple[str, ...]
) -> None:
    for asked in ({}, {"states": ("received", "corrected")}, {"form_key": "dm_followup"}):
        wanted = Filter(areas, **asked)
        found: list[str] = []
        after = None
        with house.read() as session:
            while part := pages.page(session, wanted, after, 170):
                found += [one.id for one in part]
                after = pages.place_of(part[-1])
            counted = pages.counts(session, wanted)
        assert found == expected(crowd, villages, **asked)
        if "states" not in asked:
            assert sum(counted.values()) == len(found)


def test_counting_stops_where_nobody_reads_on(
    house: House, crowd: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_COUNTED", 50)
    with house.read() as session:
        counted = pages.counts(session, Filter((TOWNSHIP,)))
    assert set(counted.values()) == {50}


@pytest.mark.parametrize("area", [TOWNSHIP, COUNTY])
def test_a_page_and_its_counts_are_read_from_the_index(
    house: House, crowd: list[dict[str, Any]], area: str
) -> None:
    wanted = Filter((area,), states=("received", "corrected"))
    with house.read() as session:
        first = pages.page(session, wanted, None, 50)
        for after in (None, pages.place_of(first[-1])):
            (plan,) = plans_of(session, lambda after=after: pages.page(session, wanted, after, 50))
            assert "Seq Scan" not in plan, plan
            assert "SCAN submissions" not in plan, plan
            name = "ix_submissions_queue" if area == TOWNSHIP else "ix_submissions_county_queue"
            assert plan.count(name) == (2 if after is None else 4), plan
            assert not SORTED_WHOLE.search(plan), plan
        (counting,) = plans_of(session, lambda: pages.counts(session, wanted))
    assert "Seq Scan" not in counting
    assert "SCAN submissions" not in counting


def test_records_leave_in_the_order_of_an_index(house: House, crowd: list[dict[str, Any]]) -> None:
    with house.read() as session:
        asked = (session, "dm_followup", [TOWNSHIP], min(r["visit_date"] for r in crowd))
        day = house.clock().date()
        found = [one for page in exported.pages(*asked, day) for one in page]
        assert [(one.visit_date, one.village_code, one.id) for one in found] == sorted(
            (row["visit_date"], row["village_code"], row["id"])
            for row in crowd
            if row["form_key"] == "dm_followup" and row["village_code"] != OTHER_VILLAGE
        )
        (plan,) = plans_of(session, lambda: next(exported.pages(*asked, day)))
    assert "SCAN submissions" not in plan, plan
    assert not SORTED_WHOLE.search(plan), plan
