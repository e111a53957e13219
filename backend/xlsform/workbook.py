"""Reading an .xlsx that a stranger made: bounded before it is opened, and nothing in it is run.

Of a formula the value is taken that Excel stored beside it, as every XLSForm tool does; macros lie
in a part of their own, which is never opened. Both are told.

An .xlsx is a ZIP of XML. What openpyxl would unpack is measured from the directory of the archive
first (Python's zipfile never hands out more than the directory says), entities are refused by
defusedxml, which openpyxl uses when it is installed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from io import BytesIO
from typing import Any, TypeAlias
from zipfile import BadZipFile, ZipFile, ZipInfo

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from backend.xlsform.model import Book, Finding, NotImported, Place, Sheet

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_INFLATED_BYTES = 16 * 1024 * 1024
MAX_PARTS = 400
MAX_ROWS = 10_000
MAX_ROW_MARKS = 3 * MAX_ROWS
"""Rows in all sheets together, empty ones that Excel keeps included."""
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 8_000
EMPTY_ROWS_AT_THE_END = 200
"""After so many empty rows the sheet is taken to end: Excel keeps formatted, empty rows."""

_Taken: TypeAlias = dict[str | None, list[int]]
"""By header the rows where the value of a formula was taken; the header row itself under None."""

KNOWN = ("survey", "choices", "settings", "suifang_checks")
UNSUPPORTED = ("external_choices", "entities", "osm", "cascades", "loops")
_FILE = Place("workbook")
_CONTENT_TYPES = "[Content_Types].xml"
_ACTIVE = {
    "externallinks/": "it refers to other workbooks: copy their values into this one",
    "connections.xml": "it has data connections: remove them",
    "embeddings/": "it has embedded objects: remove them",
    "activex/": "it has controls (ActiveX): remove them",
    "querytables/": "it has queries: remove them",
}
_MACROS = Finding(_FILE, "has macros: they were neither run nor kept, only its sheets were read")


def read_workbook(content: bytes) -> Book:
    """The sheets of an .xlsx or .xlsm, with every cell as text.

    :raises NotImported: it is too large, no .xlsx, or holds links, connections or other documents
    """
    notes = look_at_archive(content)
    try:
        with ExitStack() as open_books:
            values, formulas = (
                open_books.enter_context(
                    closing(
                        openpyxl.load_workbook(
                            BytesIO(content), read_only=True, data_only=stored, keep_vba=False
                        )
                    )
                )
                for stored in (True, False)
            )
            sheets = _sheets(values, formulas, notes)
    except _BROKEN as error:
        raise _unreadable(error) from error
    return Book(sheets, tuple(notes))


_BROKEN = (
    BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, OSError,
    IndexError, SyntaxError, zlib.error, NotImplementedError, RuntimeError, EOFError,
)  # fmt: skip
"""What openpyxl raises over a damaged file (ParseError is a SyntaxError, entities a ValueError)."""


def _unreadable(error: BaseException) -> NotImported:
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, DefusedXmlException):
            return _refused("its XML declares entities: save it anew with Excel")
        reason = reason.__cause__
    return _refused("cannot be read as .xlsx: save it anew with Excel")


def _refused(message: str) -> NotImported:
    return NotImported((Finding(_FILE, message),))


def look_at_archive(content: bytes) -> list[Finding]:
    """What is to be told of the archive; what must not be opened is refused."""
    if len(content) > MAX_FILE_BYTES:
        raise _refused(f"is larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _measure(parts)
            rows = sum(_row_marks(archive, part) for part in parts)
            kinds = b"".join(archive.read(p) for p in parts if p.filename == _CONTENT_TYPES)
    except (BadZipFile, ValueError, OSError, zlib.error, NotImplementedError, EOFError) as error:
        raise _refused("is no .xlsx (an old .xls is saved as .xlsx first)") from error
    if rows > MAX_ROW_MARKS:
        raise _refused(f"has more than {MAX_ROW_MARKS} rows")
    names = " ".join(part.filename.lower() for part in parts)
    found = [Finding(_FILE, told) for mark, told in _ACTIVE.items() if mark in names]
    if found:
        raise NotImported(tuple(found))
    return [_MACROS] if "vbaproject" in names or b"macroEnabled" in kinds else []


def _measure(parts: Sequence[ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_INFLATED_BYTES:
        told = f"unpacks to more than {MAX_INFLATED_BYTES // 1024 // 1024} MB"
        raise _refused(f"{told} or {MAX_PARTS} parts")
    if any(part.flag_bits & 1 for part in parts):
        raise _refused("is protected by a password")


def _row_marks(archive: ZipFile, part: ZipInfo) -> int:
    """Rows of a sheet, counted in its text: openpyxl may read all of them to learn its size."""
    if "worksheets/" not in part.filename.lower():
        return 0
    return len(re.findall(rb"<(?:\w+:)?row[\s/>]", archive.read(part)))


def _sheets(book: Any, formulas: Any, notes: list[Finding]) -> tuple[Sheet, ...]:
    """:param formulas: the same workbook, its formulas in place of the values stored for them"""
    found: list[Finding] = []
    names = {name.strip().lower(): name for name in book.sheetnames}
    if "survey" not in names and len(names) == 1:
        names = {"survey": book.sheetnames[0]}  # as pyxform has it: a single sheet is the survey
    if "survey" not in names:
        raise NotImported((Finding(_FILE, "has no sheet named 'survey'"),))
    for name in UNSUPPORTED:
        if name in names and any(True for _ in book[names[name]].iter_rows(min_row=2, max_row=2)):
            found.append(Finding(Place(name), "sheets of this name are not supported"))
    sheets = []
    for name in KNOWN:
        if name in names:
            taken: _Taken = {}
            pair = (book[names[name]], formulas[names[name]])
            sheets.append(_sheet(name, pair, taken, found))
            notes.extend(_told_formulas(name, taken))
    if found:
        raise NotImported(tuple(found), tuple(notes))
    return tuple(sheets)


def _told_formulas(sheet: str, taken: _Taken) -> Iterator[Finding]:
    """One a column: whole columns are written with one formula."""
    for header, rows in taken.items():
        more = f" (also in {len(rows) - 1} rows below)" if len(rows) > 1 else ""
        told = f"holds a formula of Excel: the value stored for it was taken{more}"
        yield Finding(Place(sheet, rows[0], header), told)


def _rows(pair: tuple[Any, Any], **bounds: int) -> Iterator[list[tuple[Any, bool]]]:
    """Each cell with its stored value, and whether a formula stands behind it."""
    values, formulas = (source.iter_rows(**bounds) for source in pair)
    for cells, written in zip(values, formulas, strict=True):
        kinds = (cell.data_type == "f" for cell in written)
        yield list(zip(cells, kinds, strict=True))


def _sheet(name: str, pair: tuple[Any, Any], taken: _Taken, found: list[Finding]) -> Sheet:
    if not hasattr(pair[0], "iter_rows"):
        found.append(Finding(Place(name), "is a chart, not a sheet"))
        return Sheet(name, (), ())
    headers = _headers(name, pair, taken, found)
    rows: list[tuple[int, Mapping[str, str]]] = []
    empty = 0
    # Not wider than the header: openpyxl fills each row up to the width it is asked for.
    below = _rows(pair, min_row=2, max_col=max(headers, default=0) + 1)
    for number, cells in enumerate(below, start=2):
        if number > MAX_ROWS:
            found.append(Finding(Place(name), f"has more than {MAX_ROWS} rows"))
            break
        row = dict(_cells(Place(name, number), cells, headers, taken, found))
        empty = 0 if row else empty + 1
        if empty > EMPTY_ROWS_AT_THE_END or len(found) > MAX_COLUMNS:
            break
        if row:
            rows.append((number, row))
    return Sheet(name, tuple(headers.values()), tuple(rows))


def _headers(
    name: str, pair: tuple[Any, Any], taken: _Taken, found: list[Finding]
) -> dict[int, str]:
    """The first row by column."""
    cells = next(_rows(pair, max_row=1, max_col=MAX_COLUMNS + 1), [])
    row = dict(_cells(Place(name, 1), cells, None, taken, found))
    if str(MAX_COLUMNS) in row:
        found.append(Finding(Place(name), f"has more than {MAX_COLUMNS} columns"))
    seen: set[str] = set()
    for text in row.values():
        if text in seen:
            found.append(Finding(Place(name, 1, text), "stands twice"))
        seen.add(text)
    return {int(index): text for index, text in row.items()}


def _cells(
    row: Place,
    cells: Sequence[tuple[Any, bool]],
    headers: Mapping[int, str] | None,
    taken: _Taken,
    found: list[Finding],
) -> Iterator[tuple[str, str]]:
    """The cells of a row that hold something: by header, in the header itself by column."""
    for index, (cell, is_formula) in enumerate(cells):
        header = None if headers is None else headers.get(index)
        if headers is not None and header is None:
            continue
        place = replace(row, column=header)
        if cell.value is None:
            if is_formula and cell.data_type != "str":  # of an empty text there is nothing to take
                told = "holds a formula with no value stored: open it in Excel and save it"
                found.append(Finding(place, told))
            continue
        text = cell_text(cell.value)
        if is_formula and row.row is not None:
            taken.setdefault(header, []).append(row.row)
        if cell.data_type == "e":
            found.append(Finding(place, f"holds an error of Excel: {text}"))
        elif len(text) > MAX_CELL_CHARACTERS:
            found.append(Finding(place, f"holds more than {MAX_CELL_CHARACTERS} characters"))
        elif text:
            yield (header if header is not None else str(index)), text


def cell_text(value: Any) -> str:
    """A cell as pyxform reads it: whole numbers without a point, TRUE and FALSE, no hard spaces."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).replace("\xa0", " ").split(" ")).strip()
