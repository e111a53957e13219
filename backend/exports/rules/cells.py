"""What stands in a cell. A spreadsheet must never calculate, round or guess with it.

Excel reads a text that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, and turns 18 digits
into a number of which three are lost. In XLSX a cell says that it is text; in CSV nothing can, so
such a text gets an apostrophe in front, as people do by hand (S33).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from backend.exports.model import Value
from backend.kernel.clock import SHANGHAI

_STARTS = frozenset("=+-@＝＋－＠\t\r\n\0'")
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


def csv_row(row: Iterable[Any]) -> list[Any]:
    """A row as :mod:`csv` writes it: numbers it writes itself, and nothing as nothing."""
    told = _TOLD.get
    return [
        value if value is None or (tell := told(type(value))) is None else tell(value)
        for value in row
    ]


def csv_text(value: Any) -> str:
    """A value as CSV holds it."""
    (told,) = csv_row([value])
    return "" if told is None else str(told)


def from_csv(text: str) -> str:
    """Undo :func:`csv_text` for a text."""
    return text[1:] if text.startswith("'") else text


def _text(value: str) -> str:
    if value and (value[0] in _STARTS or (len(value) > _LONGEST_NUMBER and value.isdigit())):
        return f"'{value}"
    return value


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _instant(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(sep=" ", timespec="seconds")[:19]


_TOLD: Mapping[type, Callable[[Any], str]] = {
    str: _text,
    bool: _bool,
    datetime: _instant,
    date: date.isoformat,
    list: lambda value: _text(str(flat(value))),
    dict: lambda value: _text(str(flat(value))),
}
