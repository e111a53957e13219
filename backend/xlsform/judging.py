"""What pyxform itself says of a workbook: the rules of XLSForm that every tool keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from backend.xlsform.columns import OWN
from backend.xlsform.model import Finding, Place, Sheet

_ROW = re.compile(r"\[row : (\d+)\]\s*")


def judged(sheets: Sequence[Sheet]) -> Finding | None:
    """pyxform's complaint, with its row; nothing when it accepts the workbook.

    Only the sheets of XLSForm go to it, without our own columns. It tells one mistake at a time.
    """
    definition: dict[str, Any] = {"sheet_names": []}
    for sheet in sheets:
        if sheet.name.startswith(OWN):
            continue
        headers = [h for h in sheet.headers if not h.lower().startswith(OWN)]
        definition["sheet_names"].append(sheet.name)
        definition[sheet.name] = _rows(sheet, headers)
        definition[f"{sheet.name}_header"] = [dict.fromkeys(headers)]
    try:
        convert(definition, warnings=[], validate=False)
    except PyXFormError as error:
        return _finding(str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        # It stumbles over some broken workbooks instead of saying what is wrong with them.
        return Finding(Place("workbook"), f"pyxform cannot read it ({type(error).__name__})")
    return None


def _rows(sheet: Sheet, headers: Sequence[str]) -> list[dict[str, str]]:
    """The rows with the empty ones between, so that pyxform counts as Excel does."""
    last = max((number for number, _ in sheet.rows), default=1)
    rows: list[dict[str, str]] = [{} for _ in range(last - 1)]
    for number, cells in sheet.rows:
        rows[number - 2] = {h: text for h, text in cells.items() if h in headers}
    return rows


def _finding(message: str) -> Finding:
    found = _ROW.search(message)
    told = " ".join(_ROW.sub("", message).split())[:400]
    if found is None:
        return Finding(Place("workbook"), f"pyxform: {told}")
    return Finding(Place("survey", int(found[1])), f"pyxform: {told}")
