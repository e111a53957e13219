"""Where somebody lives, as addresses in villages are written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from math import cos, hypot, radians

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = r"[0-9零〇一二三四五六七八九十百两]+"
_GROUP = re.compile(rf"第?({_NUMBER})(?:村民)?(?:小组|组|社|队)")
_DOOR = re.compile(rf"({_NUMBER})(?:[-之]({_NUMBER}))?(?:号|户)")
_METRES = 111_320.0
_LEAST_LETTERS = 6
_WORD = re.compile(r"[a-z0-9]+")
_KINDS = frozenset(
    {
        "street", "place", "circuit", "crescent", "avenue", "close", "road", "drive", "court",
        "lane", "village", "estate", "flats", "building", "house", "north", "south", "east", "west",
    }
)  # fmt: skip
"""Words that half of all addresses have; no list of them need be whole."""
NEAR_M = 25.0


@lru_cache(maxsize=50_000)
def read_address(text: str) -> tuple[int | None, int | None]:
    """(group, door) of an address: 凤田村第四组６９-１号 gives (4, 69)."""
    told = unicodedata.normalize("NFKC", text).replace(" ", "")
    group, door = _GROUP.search(told), _DOOR.search(told)
    return (
        None if group is None else _number(group[1]),
        None if door is None else _number(door[1]),
    )


@lru_cache(maxsize=50_000)
def read_street(text: str) -> tuple[str, ...]:
    """The words and numbers of an address in Latin letters; none for any other."""
    told = unicodedata.normalize("NFKC", text).lower()
    if not told.isascii() or sum(c.isalpha() for c in told) < _LEAST_LETTERS:
        return ()
    return tuple(_WORD.findall(told))


def telling(street: tuple[str, ...]) -> list[str]:
    """The words of an address that few others have, cut before most slips come."""
    return [word[:6] for word in street if len(word) >= 5 and word not in _KINDS]


def alike(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """How much two addresses share: of the shorter one's groups of three letters those that the
    other has, 0 to 1. Parts that were exchanged or left out and words written together keep most.
    """
    ours, theirs = _threes(a), _threes(b)
    return len(ours & theirs) / min(len(ours), len(theirs))


@lru_cache(maxsize=50_000)
def _threes(street: tuple[str, ...]) -> frozenset[str]:
    text = "".join(street)
    return frozenset(text[i : i + 3] for i in range(len(text) - 2))


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = digit * 10 + _DIGITS.get(char, 0) if digit and total == 0 else _DIGITS[char]
    return total + digit


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two near places, (lng, lat) in degrees."""
    middle = radians((a[1] + b[1]) / 2)
    return hypot((a[0] - b[0]) * cos(middle), a[1] - b[1]) * _METRES
