"""Flags are reasons to look closer, with evidence; decisions follow the states."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from backend.geo.model import Geotag
from backend.review.rules import Evidence, days_late, flags, may_decide, priority

CLEAN = Evidence(
    geotag=Geotag("340828104201", 12, "good", ()),
    visit_mode="2",
    violations=(),
    conflicts=(),
    same_visit_ids=(),
    skew_ms=1200,
    next_visit_late_days=None,
)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FAR = Geotag("340828104201", 2400, "good", ("far_from_home",))


def kinds(evidence: Evidence) -> list[str]:
    return [flag.kind for flag in flags(evidence)]


def test_an_ordinary_visit_has_no_flag() -> None:
    assert kinds(CLEAN) == []


def test_a_home_visit_far_from_home_is_flagged_with_its_distance() -> None:
    (flag,) = flags(replace(CLEAN, geotag=FAR))
    assert (flag.kind, dict(flag.evidence)) == ("far_from_home", {"distance_m": 2400})


@pytest.mark.parametrize("mode", ["1", "3"])
def test_a_clinic_or_phone_visit_may_be_anywhere(mode: str) -> None:
    assert kinds(replace(CLEAN, geotag=FAR, visit_mode=mode)) == []
    assert (
        kinds(replace(CLEAN, geotag=Geotag(None, None, "none", ("no_fix",)), visit_mode=mode)) == []
    )


def test_null_island_is_doubted_in_every_mode() -> None:
    nowhere = Geotag(None, None, "none", ("null_island",))
    assert kinds(replace(CLEAN, geotag=nowhere, visit_mode="3")) == ["null_island"]


def test_flags_stand_heaviest_first() -> None:
    doubtful = replace(
        CLEAN,
        violations=({"path": "bmi", "code": "computed"},),
        same_visit_ids=("s1",),
        skew_ms=-3_600_000,
    )
    assert kinds(doubtful) == ["same_visit", "violations", "computed_differs", "clock_off"]


@pytest.mark.parametrize(("skew_ms", "flagged"), [(None, False), (300_000, False), (300_001, True)])
def test_a_clock_is_doubted_from_five_minutes(skew_ms: int | None, flagged: bool) -> None:
    assert ("clock_off" in kinds(replace(CLEAN, skew_ms=skew_ms))) is flagged


def test_urgent_cases_stand_before_doubtful_ones() -> None:
    doubtful = flags(replace(CLEAN, same_visit_ids=("s1",)))
    assert priority((), "E3") > priority(doubtful, "E0") > priority((), "E0")


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("received", {"approved", "returned", "rejected"}),
        ("corrected", {"approved", "returned", "rejected"}),
        ("approved", {"returned", "rejected"}),
        ("rejected", {"approved"}),
        ("returned", set()),
        ("voided", set()),
    ],
)
def test_which_verdict_may_follow_which_state(state: str, allowed: set[str]) -> None:
    verdicts = {"approved", "returned", "rejected"}
    assert {v for v in verdicts if may_decide(state, v)} == allowed


def test_a_next_visit_behind_the_rules_last_day_is_counted_in_days() -> None:
    assert days_late(date(2026, 6, 20), date(2026, 6, 10)) == 10
    assert days_late(date(2026, 6, 10), date(2026, 6, 10)) is None
    assert days_late(None, date(2026, 6, 10)) is None


NIGHT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 23:30 in China
FORM = {f"answer_{no}": "1" for no in range(20)}


@pytest.mark.parametrize(
    ("fix_state", "flagged"),
    [("off", True), ("denied", True), ("unavailable", False), ("pending", False)],
)
def test_a_valley_without_satellites_is_no_missing_fix(fix_state: str, flagged: bool) -> None:
    nothing = Geotag(None, None, "none", ("no_fix",))
    found = kinds(replace(CLEAN, geotag=nothing, fix_state=fix_state))
    assert ("no_fix" in found) is flagged


@pytest.mark.parametrize(
    ("case", "evidence", "expected"),
    [
        (
            "twenty answers in ten seconds",
            {"written": (NOON, NOON + timedelta(seconds=10))},
            ["too_fast"],
        ),
        ("twenty answers in two minutes", {"written": (NOON, NOON + timedelta(minutes=2))}, []),
        ("near midnight", {"written": (NIGHT, NIGHT + timedelta(minutes=4))}, ["night_entry"]),
        (
            "an emergency at night",
            {"written": (NIGHT, NIGHT + timedelta(minutes=4)), "escalation": "E3"},
            [],
        ),
        (
            "a week later",
            {"written": (NOON, NOON + timedelta(minutes=4)), "visit_date": date(2026, 11, 16)},
            ["written_late"],
        ),
        (
            "the next day",
            {"written": (NOON, NOON + timedelta(minutes=4)), "visit_date": date(2026, 11, 22)},
            [],
        ),
        (
            "readings of last time",
            {
                "answers": {"sbp": 136, "dbp": 84, "weight": 61},
                "before": {"sbp": 136, "dbp": 84, "weight": 61},
            },
            ["unchanged_readings"],
        ),
        (
            "a height that stays",
            {"answers": {"height": 160, "sbp": 136}, "before": {"height": 160, "sbp": 136}},
            [],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_a_form_was_written(case: str, evidence: dict[str, Any], expected: list[str]) -> None:
    assert kinds(replace(CLEAN, **({"answers": FORM} | evidence))) == expected
