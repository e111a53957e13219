"""CSV and XLSX from tables and rows, without ever holding more than a page of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

import xlsxwriter

from backend.exports.model import Mark, Row, Table
from backend.exports.rules.cells import csv_lines, flat
from backend.kernel.clock import SHANGHAI

LANGUAGE = "zh-CN"
_ROWS_AT_ONCE = 500
_LONGEST_SHEET_NAME = 31
_LONGEST_CELL = 32_767


def csv_parts(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV file in parts. UTF-8 with a mark, or Excel would read Chinese as something else."""
    head = csv_lines([[column.key for column in table.columns]])
    yield f"\ufeff{head}".encode()
    left = iter(rows)
    while page := list(islice(left, _ROWS_AT_ONCE)):
        yield csv_lines(page).encode()


class Workbook:
    """An XLSX file of one sheet a table. Every text is a text: no formula, no link, no number.

    :param file: where it is written; rows are not kept in memory
    """

    def __init__(self, file: BinaryIO, mark: Mark) -> None:
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": mark.id, "author": mark.by, "comments": mark.told()})
        self._mark = mark
        self._head = self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E0EFED"}
        )
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self._percent = self._book.add_format({"num_format": "0.0"})

    def sheet(
        self, name: str, head: Sequence[str], rows: Iterable[Row], *, title: str = ""
    ) -> None:
        """Add a sheet, its rows as they come; laid out for paper, the head on every page."""
        sheet = self._book.add_worksheet(name[:_LONGEST_SHEET_NAME])
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L&8{self._mark.told().replace('&', '&&')[:180]}&R&8&P / &N")
        if title:
            sheet.set_header('&C&14&"-,Bold"' + title.replace("&", "&&")[:180])
        sheet.set_column(0, max(0, len(head) - 1), 14)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for at, text in enumerate(head):
            sheet.write_string(0, at, text, self._head)
        for line, row in enumerate(rows, 1):
            for at, value in enumerate(row):
                self._write(sheet, line, at, value)

    def _write(self, sheet: Any, line: int, at: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(line, at, value)
        elif isinstance(value, (int, float)):
            sheet.write_number(line, at, value)
        elif isinstance(value, datetime):
            local = value.astimezone(SHANGHAI).replace(tzinfo=None)
            sheet.write_datetime(line, at, local, self._instant)
        elif isinstance(value, date):
            sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), self._day)  # noqa: DTZ001 - a cell has no zone
        else:
            sheet.write_string(line, at, str(flat(value))[:_LONGEST_CELL])

    def close(self) -> None:
        """Finish the file."""
        self._book.close()
