"""A roster's file as a table of texts: XLSX, or CSV as Excel and WPS write it."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from io import BytesIO, StringIO
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from backend.kernel.errors import Refusal
from backend.rosters.model import Table
from backend.rosters.rules.columns import heading_row
from backend.xlsform.model import NotImported
from backend.xlsform.workbook import cell_text, look_at_archive

MAX_ROWS = 10_000
MAX_COLUMNS = 100
MAX_CELL = 500
_EXACT = 10**15
"""Excel keeps fifteen digits of a number."""
_BROKEN = (
    BadZipFile, InvalidFileException, ParseError, zlib.error, KeyError, ValueError, TypeError,
    AttributeError, OSError, IndexError, NotImplementedError, RuntimeError, EOFError,
)  # fmt: skip
"""What openpyxl raises over a damaged file."""


def read_table(content: bytes) -> Table:
    """The first sheet that holds anything, from its headings on.

    :raises Refusal: ``roster_unreadable``, ``roster_empty``, ``roster_too_long``
    """
    rows = _xlsx(content) if content[:2] == b"PK" else _csv(content)
    numbered = [(n, row) for n, row in enumerate(rows, start=1) if any(row)]
    if not numbered:
        raise Refusal("roster_empty")
    at = heading_row([row for _, row in numbered[:10]])
    headings = _headings(numbered[at][1])
    below = numbered[at + 1 :]
    if not below:
        raise Refusal("roster_empty")
    if len(below) > MAX_ROWS:
        raise Refusal("roster_too_long", limit=MAX_ROWS)
    return Table(
        tuple(name for name in headings if name),
        tuple(
            (n, {h: c for h, c in zip(headings, row, strict=False) if h and c}) for n, row in below
        ),
    )


def _headings(row: Sequence[str]) -> list[str]:
    """Each once: the second of a name gets a number."""
    seen: dict[str, int] = {}
    found = []
    for name in row:
        seen[name] = seen.get(name, 0) + 1
        found.append(f"{name} {seen[name]}" if name and seen[name] > 1 else name)
    return found


def _xlsx(content: bytes) -> list[list[str]]:
    try:
        look_at_archive(content)
        with closing(
            openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        ) as book:
            for sheet in book.worksheets:
                rows = _texts(islice(sheet.iter_rows(values_only=True), 2 * MAX_ROWS + 1))
                if any(any(row) for row in rows):
                    return rows
    except NotImported as error:
        raise Refusal("roster_unreadable") from error
    except _BROKEN as error:
        raise Refusal("roster_unreadable") from error
    return []


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refusal("roster_unreadable")
    if "\0" in text:
        raise Refusal("roster_unreadable")
    first = text.split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        return _texts(islice(csv.reader(StringIO(text), delimiter=mark), 2 * MAX_ROWS + 1))
    except csv.Error as error:
        raise Refusal("roster_unreadable") from error


def _texts(rows: Iterable[Sequence[Any]]) -> list[list[str]]:
    return [[_text(value) for value in islice(row, MAX_COLUMNS)] for row in rows]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return (
            f"{value:e}"  # its last digits are lost: never to be taken for a number that was typed
        )
    return cell_text(value)[:MAX_CELL]
