"""An envelope is recognised, two corrections meet field by field, private answers are parted."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from backend.submissions.model import Taken
from backend.submissions.rules import (
    changed_paths,
    join_private,
    merge,
    missing_seqs,
    part_private,
    recognise,
)


def taken(sha256: str) -> Taken:
    return Taken("e1", "d1", 1, sha256, "stored", None, "e1", {}, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("same_id", "same_seq_id", "expected"),
    [
        (None, None, "new"),
        (None, "e1", "new"),  # our own number, seen in a race
        (None, "e2", "seq_reused"),
        (taken("aa"), "e1", "replay"),
        (taken("bb"), "e1", "conflict"),
    ],
)
def test_an_envelope_is_recognised(
    same_id: Taken | None, same_seq_id: str | None, expected: str
) -> None:
    assert recognise("aa", same_id, same_seq_id, "e1") == expected


def test_corrections_of_different_fields_both_survive() -> None:
    met = merge({"sbp": 150, "dbp": 90}, {"sbp": 150, "dbp": 85}, {"sbp": 140, "dbp": 90})
    assert met.answers == {"sbp": 140, "dbp": 85}
    assert met.conflicts == ()


def test_of_two_corrections_of_one_field_the_newer_wins_and_the_other_is_told() -> None:
    met = merge({"sbp": 150}, {"sbp": 145}, {"sbp": 140})
    assert met.answers == {"sbp": 140}
    assert met.conflicts == ({"path": "sbp", "base": 150, "theirs": 145, "mine": 140},)


def test_the_same_correction_twice_is_no_conflict() -> None:
    met = merge({"sbp": 150}, {"sbp": 140}, {"sbp": 140})
    assert met == merge({"sbp": 140}, {"sbp": 140}, {"sbp": 140})


def test_an_answer_taken_away_stays_away() -> None:
    assert merge({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}).answers == {"a": 1}
    assert merge({"a": 1}, {}, {"a": 1, "c": 3}).answers == {"c": 3}


ANSWERS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3))


@given(ANSWERS, ANSWERS)
def test_a_correction_of_the_newest_version_is_taken_as_it_is(base: dict, mine: dict) -> None:
    assert merge(base, base, mine).answers == mine
    assert merge(base, base, mine).conflicts == ()
    assert merge(base, mine, base).answers == mine


def test_changed_paths_name_what_differs() -> None:
    assert changed_paths({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}) == ["b", "c", "d"]


def test_private_answers_are_parted_and_joined_also_in_rows() -> None:
    answers = {
        "name": "张三",
        "sbp": 120,
        "newborns": [{"sex": "1", "birth_cert_no": "A1"}, {"sex": "2"}],
        "codes": ["1", "2"],
    }
    open_, hidden = part_private(answers, frozenset({"name", "birth_cert_no"}))
    assert open_ == {"sbp": 120, "newborns": [{"sex": "1"}, {"sex": "2"}], "codes": ["1", "2"]}
    assert hidden == {"name": "张三", "newborns": {"rows": {"0": {"birth_cert_no": "A1"}}}}
    assert join_private(open_, hidden) == answers


@pytest.mark.parametrize(
    ("seen", "missing"),
    [([], []), ([1, 2, 3], []), ([1, 4], [2, 3]), ([3], [1, 2]), ([2, 2, 1], [])],
)
def test_numbers_that_never_arrived(seen: list[int], missing: list[int]) -> None:
    assert missing_seqs(seen) == missing
