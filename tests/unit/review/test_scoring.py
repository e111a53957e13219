"""Signals compare a doctor with the township; one kind of evidence alone accuses nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.review.model import Profile, Signal
from backend.review.rules.scoring import ALARM, score, signals
from backend.review.rules.statistics import chi_square_p, share_p, uneven, wilson
from backend.review.rules.telling import lasting, told_to_township

EVEN = (40,) * 10
USUAL = Profile(
    visits=300,
    home_visits=200,
    hours=(0,) * 8 + (30,) * 10 + (0,) * 6,
    digits=EVEN,
    below=60,
    above=60,
    jumps=(80, 144.0),
    distances=(180, 10, 6, 4),
    fix_off=0,
    patterns={},
    pace=8.0,
    phones=200,
    shared_phones=4,
)
TOWNSHIP = [USUAL] * 8


def kinds(**changes: Any) -> set[str]:
    return {one.kind for one in signals(replace(USUAL, **changes), TOWNSHIP)}


def test_an_ordinary_doctor_shows_nothing() -> None:
    assert kinds() == set()


@pytest.mark.parametrize(
    ("case", "changes", "expected"),
    [
        (
            "favourite eights",
            {"digits": (20, 20, 80, 15, 20, 20, 60, 15, 140, 10)},
            {"digit_preference"},
        ),
        ("a cuff with even figures only", {"digits": (80, 0, 80, 0, 80, 0, 80, 0, 80, 0)}, set()),
        (
            "half rounded, the rest measured",
            {"digits": (150, 20, 20, 20, 20, 90, 20, 20, 20, 20)},
            {"rounded"},
        ),
        ("heaped at 138/88", {"below": 100, "above": 10}, {"heaped_below"}),
        ("a few more below the line", {"below": 66, "above": 54}, set()),
        ("pressures that never move", {"jumps": (80, 9.0)}, {"little_spread"}),
        ("calm patients", {"jumps": (80, 100.0)}, set()),
        (
            "half the work at night",
            {"hours": (80, 70) + (0,) * 8 + (15,) * 10 + (0,) * 4},
            {"night_writing"},
        ),
        ("a quarter far from the doors", {"distances": (100, 20, 60, 20)}, {"far_from_home"}),
        ("location switched off", {"fix_off": 150}, {"fix_off"}),
        ("a valley without any fix", {"distances": (0, 0, 0, 0), "fix_off": 0}, set()),
        ("a dozen numbers shared", {"shared_phones": 12}, set()),
        ("half the numbers are one number", {"shared_phones": 100}, {"shared_phone"}),
        ("a second an answer", {"pace": 1.0}, {"too_fast"}),
        ("a quick typist", {"pace": 5.5}, set()),
        ("one paper week typed in later", {"patterns": {"spread_dates": 25}}, set()),
        ("most written in one go", {"patterns": {"spread_dates": 200}}, {"spread_dates"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_signal_and_its_innocent_twin(
    case: str, changes: dict[str, Any], expected: set[str]
) -> None:
    assert kinds(**changes) == expected


def test_few_visits_say_nothing() -> None:
    assert signals(replace(USUAL, visits=29, pace=0.1), TOWNSHIP) == ()


def test_what_the_whole_township_does_is_no_signal() -> None:
    writes_late = replace(USUAL, patterns={"spread_dates": 150})
    assert signals(writes_late, [writes_late] * 8) == ()


def sure(*found: tuple[str, str]) -> list[Signal]:
    return [Signal(kind, domain, 1.0, {}) for kind, domain in found]


def test_one_domain_alone_never_raises_the_alarm() -> None:
    numbers = ["digit_preference", "heaped_below", "little_spread", "rounded"]
    assert score(sure(*((kind, "numbers") for kind in numbers))) < ALARM
    assert score(sure(("spread_dates", "time"), ("one_spot", "place"))) >= ALARM
    assert score([]) == 0


def test_the_doctor_hears_first() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    (fresh,) = lasting(sure(("fix_off", "place")), (), now)
    assert told_to_township([fresh], None, now + timedelta(days=2)) == ()
    assert told_to_township([fresh], now, now) == (fresh,), "the doctor has looked"
    assert told_to_township([fresh], None, now + timedelta(days=3)) == (fresh,)
    assert lasting([fresh], [fresh], now + timedelta(days=9))[0].since == now


def test_the_tests_agree_with_the_tables() -> None:
    assert chi_square_p(3.841, 1) == pytest.approx(0.05, abs=1e-4)
    assert chi_square_p(12.592, 6) == pytest.approx(0.05, abs=1e-4)
    assert chi_square_p(16.919, 9) == pytest.approx(0.05, abs=1e-4)
    assert uneven((10, 10, 10)) == 0
    assert share_p(60, 100, 0.5) == pytest.approx(0.0228, abs=1e-3)
    low, high = wilson(15, 20)
    assert (round(low, 3), round(high, 3)) == (0.531, 0.888)
    assert wilson(0, 0) == (0.0, 1.0)
