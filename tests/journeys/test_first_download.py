"""The first download: homes and people first, and nothing that changes meanwhile is missed."""

from __future__ import annotations

from typing import Any

from backend.kernel.ids import new_id
from tests.builders.feed import feed_settled
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village
from tests.journeys.test_what_waits import registration

HOMES = {"area", "household", "resident", "site"}


def page(village: Village, cursor: str | None) -> dict[str, Any]:
    feed_settled(village.house.engine)
    found: dict[str, Any] = village.doctor.get(
        "/sync?limit=5" + (f"&cursor={cursor}" if cursor else "")
    ).json
    return found


def busy_village(village: Village) -> list[str]:
    """Visits and newcomers in turns, so that the feed has them mixed; ids of the newcomers."""
    newcomers = []
    for number in range(4):
        village.visit("htn_followup", pressure(140 + number, 85))
        newcomers.append(new_id())
        village.send(
            registration(
                village, newcomers[-1], village.home, name=f"李{number}", id_no=None, id_type="99"
            )
        )
        village.send(
            village.outbox.finalise(
                "household_visit", ("household", village.home), answers("household_visit")
            )
        )
    return newcomers


def test_whoever_is_cut_off_early_has_the_whole_list_of_homes(village: Village) -> None:
    busy_village(village)
    cursor, kinds, remaining = None, [], []
    while True:
        got = page(village, cursor)
        kinds += [change["kind"] for change in got["changes"]]
        remaining.append(got["remaining"])
        cursor = got["cursor"]
        if not got["more"]:
            break
    first_of_rest = next(n for n, kind in enumerate(kinds) if kind not in HOMES)
    assert set(kinds[first_of_rest:]) <= {"task", "submission", "form"}
    assert len(kinds[first_of_rest:]) > 5
    assert remaining == sorted(remaining, reverse=True)
    assert remaining[0] == len(kinds) - 5
    assert page(village, cursor)["changes"] == []


def test_what_changes_during_the_download_comes_with_it(village: Village) -> None:
    newcomers = busy_village(village)
    first = page(village, None)
    moved = registration(
        village, newcomers[0], village.home, name="李改名", id_no=None, id_type="99"
    )
    village.send(moved)
    village.visit("htn_followup", pressure(171, 99))
    seen: dict[str, Any] = {}
    got = first
    while True:
        seen |= {change["id"]: change for change in got["changes"]}
        if not got["more"]:
            break
        got = page(village, got["cursor"])
    assert seen[newcomers[0]]["data"]["name"] == "李改名"
    readings = [
        one["data"]["answers"].get("sbp") for one in seen.values() if one["kind"] == "submission"
    ]
    assert 171 in readings
    assert len([one for one in readings if one]) == 5
    assert page(village, got["cursor"])["changes"] == []


def test_a_small_village_comes_in_one_page(village: Village) -> None:
    busy_village(village)
    feed_settled(village.house.engine)
    whole = village.doctor.get("/sync?limit=500").json
    assert (whole["more"], whole["remaining"]) == (False, 0)
    kinds = [change["kind"] for change in whole["changes"]]
    assert kinds == sorted(kinds, key=lambda kind: kind not in HOMES)
