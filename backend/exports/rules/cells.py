"""What stands in a cell. A spreadsheet must never calculate, round or guess with it.

Excel reads a text that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, and turns 18 digits
into a number of which three are lost. In XLSX a cell says that it is text; in CSV nothing can, so
such a text gets an apostrophe in front, as people do by hand (S33).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from backend.exports.model import Value
from backend.kernel.clock import SHANGHAI

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_LONGEST_NUMBER = 11  # a mobile number; more digits would be shown as 3.4E+17


def flat(answer: Any) -> Value:
    """An answer in one cell: several codes with semicolons, a place as ``lng,lat``."""
    if isinstance(answer, list):
        return ";".join(str(flat(one)) for one in answer)
    if isinstance(answer, Mapping):
        if "lng" in answer and "lat" in answer:
            return f"{answer['lng']},{answer['lat']}"
        return ";".join(f"{name}={flat(value)}" for name, value in answer.items())
    return cast(Value, answer)


def csv_text(value: Value) -> str:
    """A value as CSV holds it."""
    if value is None:
        return ""
    if isinstance(value, str):
        if value.startswith(_STARTS) or (len(value) > _LONGEST_NUMBER and value.isdigit()):
            return f"'{value}"
        return value
    return _plain(value)


def from_csv(text: str) -> str:
    """Undo :func:`csv_text` for a text."""
    return text[1:] if text.startswith("'") else text


def _plain(value: float | bool | date | datetime) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(sep=" ", timespec="seconds")[:19]
    if isinstance(value, date):
        return value.isoformat()
    return repr(value)
