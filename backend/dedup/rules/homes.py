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


def read_street(text: str) -> str:
    """An address in Latin letters, without what is between them; empty for any other."""
    told = unicodedata.normalize("NFKC", text).lower()
    street = "".join(c for c in told if c.isalnum())
    return street if street.isascii() and sum(c.isalpha() for c in street) >= _LEAST_LETTERS else ""


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
