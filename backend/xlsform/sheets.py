"""Writing rows into an .xlsx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

_WIDTHS = {"type": 28, "name": 22, "list_name": 22, "suifang": 18}


def written(
    sheets: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, str]]]],
) -> bytes:
    """A workbook of texts.

    :param sheets: by name: headers, and rows by header. Columns that stay empty are left out
    """
    book = Workbook(write_only=True)
    for name, (headers, rows) in sheets.items():
        sheet: Any = book.create_sheet(name)
        used = [h for h in headers if any(row.get(h) for row in rows) or h in ("type", "name")]
        for index, header in enumerate(used):
            letter = chr(ord("A") + index) if index < 26 else f"A{chr(ord('A') + index - 26)}"
            wide = "::" in header or header in ("relevant", "calculation", "constraint", "check")
            sheet.column_dimensions[letter].width = _WIDTHS.get(header, 36 if wide else 14)
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, header, bold=True) for header in used])
        for row in rows:
            sheet.append([_cell(sheet, row.get(header, "")) for header in used])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text) or None)
    if text:
        cell.data_type = "s"  # a text that begins with '=' is no formula
    if bold:
        cell.font = Font(bold=True)
    return cell
