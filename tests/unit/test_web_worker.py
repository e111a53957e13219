"""Whoever has fewer connections takes the next one."""

from __future__ import annotations

from itertools import pairwise

from backend.web_worker import LONGEST_S, hesitation


def test_the_more_it_has_the_longer_it_hesitates() -> None:
    waits = [hesitation(held) for held in range(8)]
    assert waits[0] == 0
    assert all(one < next_ for one, next_ in pairwise(waits))


def test_a_crowd_is_not_kept_waiting() -> None:
    assert hesitation(1000) == LONGEST_S
