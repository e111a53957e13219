"""What the door takes as JSON (faults 15 and 53)."""

from __future__ import annotations

import time

import pytest

from backend.kernel.strict_json import MAX_DEPTH, MAX_VALUES, BadJson, read


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "张秀英", "rare": "𠮷㐂", "emoji": "👩‍⚕️"}',
        '[1, -2.5, 144.0, 1e10, true, null, ""]',
        '"\\ud83d\\udc69"',
        "{}",
    ],
)
def test_ordinary_json_comes_in(text: str) -> None:
    read(text.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'"\\ud800"',
        b'"\\udc00 low first"',
        b'"\xff\xfe"',
        b'"\xed\xa0\x80"',
        b'{"a": "x\\u0000y"}',
        b'{"a\\u0000": 1}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'[{"a": 1}, {"\\u0061": 1, "a": 2}]',
        b"<html>login</html>",
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_could_be_choked_on_stays_outside(data: bytes) -> None:
    with pytest.raises(BadJson):
        read(data)


def test_depth_has_a_limit() -> None:
    read(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(BadJson, match="deep"):
        read(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    with pytest.raises(BadJson):
        read(b"[" * 100_000 + b"]" * 100_000)


def test_the_number_of_values_has_a_limit() -> None:
    read(b"[" + b"1," * (MAX_VALUES - 2) + b"1]")
    with pytest.raises(BadJson, match="many"):
        read(b"[" + b"1," * MAX_VALUES + b"1]")


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b"[]," * 2_700_000 + b"[]]",
        b"[" + b'{"a":1},' * 1_000_000 + b"{}]",
        b'{"a":"' + b"x" * 8_000_000 + b'","b":NaN}',
    ],
    ids=["lists", "objects", "late NaN"],
)
def test_eight_mebibytes_of_mischief_are_refused_quickly(data: bytes) -> None:
    began = time.process_time()
    with pytest.raises(BadJson):
        read(data)
    assert time.process_time() - began < 0.4  # 0.1 s when nothing else runs
