"""What people write into the cells of a roster."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_SEXES = {"1": "1", "2": "2", "男": "1", "女": "2", "男性": "1", "女性": "2", "m": "1", "f": "2",
          "male": "1", "female": "2"}  # fmt: skip
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?)?(?:[ t].*)?|"
                  r"([0-9]{4})年?([0-9]{1,2})?月?")  # fmt: skip
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_FIRST_SERIAL = date(1899, 12, 30)
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?e\+?1[4-9]|[1-9][0-9]{14}000", re.IGNORECASE)


def read_sex(text: str) -> str:
    """GB/T 2261.1, or nothing."""
    return _SEXES.get(unicodedata.normalize("NFKC", text).strip().lower(), "")


def read_day(text: str) -> date | None:
    """A day as offices write it: 1956-3-2, 1956/03/02, 1956.3.2, 1956年3月2日, 19560302, 20516
    (Excel's number of days).

    Where only the month or the year is told, the first day of it.

    :returns: nothing when it is no day
    """
    told = unicodedata.normalize("NFKC", text).strip().lower()
    if _SERIAL.fullmatch(told):
        return _FIRST_SERIAL + timedelta(days=int(told))
    found = _DIGITS.fullmatch(told) or _DAY.fullmatch(told)
    if found is None:
        return None
    parts = [int(one) for one in found.groups() if one is not None]
    try:
        return date(*(*parts, 1, 1)[:3])
    except ValueError:
        return None


def is_rounded(text: str) -> bool:
    """True for an identity number that Excel kept as a number: its last digits are lost."""
    return _ROUNDED.fullmatch(text.replace(" ", "")) is not None
