"""A sample that anybody who knows the seed can draw again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from backend.review.model import ReviewPolicy
from backend.review.rules.passing import is_drawn, may_undo
from backend.review.rules.sampling import Candidate, agreement, draw, risk

FRAME = [Candidate(f"r{no:03}", f"v{no % 5}") for no in range(137)]


@pytest.mark.parametrize("size", [1, 20, 136, 137, 500])
def test_as_many_as_asked_each_once(size: int) -> None:
    drawn = draw(FRAME, size, 7)
    assert len(drawn) == len({one.resident_id for one in drawn}) == min(size, 137)


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_list() -> None:
    assert draw(FRAME, 20, 7) == draw(FRAME[::-1], 20, 7)
    assert draw(FRAME, 20, 7) != draw(FRAME, 20, 8)


def test_every_village_gets_its_share() -> None:
    villages = Counter(one.village_code for one in draw(FRAME, 50, 3))
    assert all(9 <= count <= 11 for count in villages.values())


def test_who_weighs_more_is_drawn_more_often_and_certain_from_a_whole_step_on() -> None:
    weighed = [
        Candidate(one.resident_id, one.village_code, risk(100) if no < 20 else 1.0)
        for no, one in enumerate(FRAME)
    ]
    often = Counter(one.resident_id for seed in range(200) for one in draw(weighed, 20, seed))
    heavy = sum(often[f"r{no:03}"] for no in range(20)) / 20
    light = sum(often[f"r{no:03}"] for no in range(20, 137)) / 117
    assert heavy / light == pytest.approx(risk(100), rel=0.15)
    sure = [Candidate("sure", "v", 1000.0), *FRAME]
    assert all("sure" in {one.resident_id for one in draw(sure, 5, seed)} for seed in range(20))


def test_agreement_counts_who_could_tell() -> None:
    found = agreement([("1", "1"), ("2", "1"), ("1", "2"), ("1", "3"), ("3", None), (None, None)])
    assert (found.size, found.asked, found.reached) == (6, 5, 4)
    assert (found.agrees, found.differs, found.rate) == (2, 1, pytest.approx(2 / 3))
    assert 0 < found.low < 2 / 3 < found.high < 1
    assert agreement([(None, None)]).rate is None


def test_chance_leaves_about_the_share_to_a_person_and_the_same_each_time() -> None:
    policy = ReviewPolicy("p", "990123100000", 7, 10, "a", datetime(2026, 1, 1, tzinfo=UTC))
    left = [no for no in range(2000) if is_drawn(policy, f"s{no}")]
    assert 150 < len(left) < 250
    assert left == [no for no in range(2000) if is_drawn(policy, f"s{no}")]


def test_ten_seconds_and_a_slow_line() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert may_undo(at, at + timedelta(seconds=15))
    assert not may_undo(at, at + timedelta(seconds=16))
