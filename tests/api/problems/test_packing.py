"""Slow lines: what a phone reads travels as gzip, and only that."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.builders.county import County

pytestmark = pytest.mark.sqlite_only  # nothing of it is about the database
PACKED = {"Accept-Encoding": "gzip, deflate"}


def test_a_long_answer_is_packed_and_says_the_same(county: County) -> None:
    plain = county.doctor.get("/forms")
    packed = county.doctor.get("/forms", headers=PACKED)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert packed.content_length == len(packed.data) < len(plain.data) / 2


def test_whoever_has_it_in_either_coding_is_told_so(county: County) -> None:
    tag = county.doctor.get("/forms", headers=PACKED).headers["ETag"]
    assert tag.startswith('W/"')
    again = county.doctor.get("/forms", headers={**PACKED, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("wish", [{}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip;q=0"}])
def test_whoever_does_not_ask_for_it_gets_it_plain(county: County, wish: dict[str, str]) -> None:
    answer = county.doctor.get("/forms", headers=wish)
    assert "Content-Encoding" not in answer.headers
    assert answer.json["items"]


def test_short_answers_and_problems_stay_as_they_are(county: County) -> None:
    for path in ("/health/live", "/submissions/00000000-0000-7000-8000-000000000000"):
        answer = county.doctor.get(path, headers=PACKED)
        assert "Content-Encoding" not in answer.headers
        assert answer.is_json
