"""XLSForm workbooks made in code."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from backend.forms import folder
from backend.forms.rules import CompiledForm, compile_form, read_bundle
from backend.forms.rules.drafts import Draft, Library, bundle
from backend.xlsform.importing import import_workbook
from backend.xlsform.model import Imported, NotImported

SCHEMAS = Path(__file__).parents[2] / "schemas"
Table = list[list[Any]]


@cache
def library() -> Library:
    """The library of this folder."""
    return folder.library(SCHEMAS)


def workbook(
    survey: Table, choices: Table | None = None, settings: Table | None = None, **more: Table
) -> bytes:
    """An .xlsx; the first row of each sheet is its header."""
    book = Workbook()
    book.remove(book.active)
    sheets = {"survey": survey, "choices": choices, "settings": settings, **more}
    for name, rows in sheets.items():
        if rows is not None:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def imported(*tables: Table, **more: Table) -> Imported:
    """What an import makes of a workbook."""
    return import_workbook(workbook(*tables, **more), library(), name="county_form")


def refused(*tables: Table, **more: Table) -> list[str]:
    """Why an import refuses a workbook: place and reason, one a line."""
    try:
        imported(*tables, **more)
    except NotImported as error:
        return [str(finding) for finding in error.refused]
    return []


def compiled(made: Imported) -> CompiledForm:
    """An import, ready to be evaluated."""
    draft = Draft("there", made.key, made.form["version"], made.form, made.schema, made.ui)
    known = library()
    lists = Library({**known.codes, **made.codes}, known.shared, known.meta)
    return compile_form(read_bundle(bundle(draft, lists)))
