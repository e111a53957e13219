"""What stands in a cell. A spreadsheet must never calculate, round or guess with it.

Excel reads a text that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, and turns 18 digits
into a number of which three are lost. In XLSX a cell says that it is text; in CSV nothing can, so
such a text gets an apostrophe in front, as people do by hand (S33).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import repeat
from types import NoneType
from typing import Any, cast

from backend.exports.model import Value
from backend.kernel.clock import SHANGHAI

_STARTS = frozenset("=+-@＝＋－＠\t\r\n\0'")
_LONGEST_NUMBER = 11  # a mobile number; more digits would be shown as 3.4E+17


def flat(answer: Any) -> Value:
    """An answer in one cell: several codes with semicolons, a place as ``lng,lat``."""
    if isinstance(answer, list):
        return ";".join([one if type(one) is str else str(flat(one)) for one in answer])
    if isinstance(answer, Mapping):
        if "lng" in answer and "lat" in answer:
            return f"{answer['lng']},{answer['lat']}"
        return ";".join([f"{name}={flat(value)}" for name, value in answer.items()])
    return cast(Value, answer)


def csv_lines(rows: Sequence[Sequence[Any]]) -> str:
    """Rows of one length as CSV (RFC 4180), each line ended.

    Worked out column by column: most hold one type, and the same few values again and again.
    """
    columns = map(_column, zip(*rows, strict=True))
    return "".join([",".join(cells) + "\r\n" for cells in zip(*columns, strict=True)])


def _column(values: Sequence[Any]) -> Iterable[str]:
    types = set(map(type, values)) - {NoneType}
    if not types:
        return repeat("", len(values))
    if len(types) == 1 and (types <= _ALIKE or (types == {float} and 0.0 not in values)):
        told = {value: _quoted(csv_text(value)) for value in set(values)}
        return map(told.__getitem__, values)
    return [_quoted(csv_text(value)) for value in values]


def _quoted(text: str) -> str:
    if _SPECIAL.search(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def csv_text(value: Any) -> str:
    """A value as CSV holds it."""
    if value is None:
        return ""
    tell = _TOLD.get(type(value))
    return str(value) if tell is None else tell(value)


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
    return str(value.astimezone(SHANGHAI))[:19]


_TOLD: Mapping[type, Callable[[Any], str]] = {
    str: _text,
    bool: _bool,
    datetime: _instant,
    date: date.isoformat,
    list: lambda value: _text(str(flat(value))),
    dict: lambda value: _text(str(flat(value))),
}
_ALIKE = frozenset((str, bool, int, date))
"""Equal values of one of these types look alike in a file; 0.0 and -0.0 do not, and no two instants
are equal, so that remembering them would be in vain."""

_SPECIAL = re.compile(r'[",\r\n]')
