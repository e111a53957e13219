"""The columns of a sheet by what they mean: pyxform's own aliases, one table a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyxform import aliases
from pyxform.parsing.sheet_headers import process_header
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.survey import Survey

from backend.xlsform.model import Cell, Findings, Place, Sheet

OWN = "suifang"
"""Columns of ours begin so: what XLSForm has no word for (docs/xlsform.md)."""

_ALIASES = {
    "survey": aliases.survey_header,
    "choices": aliases.list_header,
    "settings": aliases.settings_header,
}
_COLUMNS = {
    "survey": MultipleChoiceQuestion.get_slot_names(),
    "choices": Option.get_slot_names(),
    "settings": Survey.get_slot_names(),
}


@dataclass(frozen=True)
class Row:
    """A row by what its columns mean, such as ``("bind", "relevant")`` or ``("label", "zh")``."""

    place: Place
    cells: Mapping[tuple[str, ...], Cell]

    def text(self, *column: str) -> str:
        """What a column holds; empty when it is empty."""
        found = self.cells.get(column)
        return "" if found is None else found.text

    def at(self, *column: str) -> Place:
        """Where a column stands; the row, when it is empty."""
        found = self.cells.get(column)
        return self.place if found is None else found.place

    def languages(self, *column: str) -> dict[str, Cell]:
        """A translated column by language; the untranslated one under the empty name."""
        depth = len(column)
        return {
            (tokens[depth] if len(tokens) > depth else ""): cell
            for tokens, cell in self.cells.items()
            if tokens[:depth] == column and len(tokens) <= depth + 1
        }


def rows_of(sheet: Sheet | None) -> tuple[Row, ...]:
    """The rows of a sheet; none when there is no such sheet."""
    if sheet is None:
        return ()
    double = any("::" in header for header in sheet.headers)
    tokens = {header: _tokens(sheet.name, header, double) for header in sheet.headers}
    return tuple(
        Row(
            Place(sheet.name, number),
            {
                tokens[header]: Cell(text, Place(sheet.name, number, header))
                for header, text in cells.items()
            },
        )
        for number, cells in sheet.rows
    )


def _tokens(sheet: str, header: str, double: bool) -> tuple[str, ...]:
    plain = " ".join(header.split())
    if plain.lower().startswith(OWN) or sheet not in _ALIASES:
        return tuple(part.strip() for part in plain.split("::"))
    known = _COLUMNS[sheet]
    _, tokens = process_header(plain, double, dict(_ALIASES[sheet]), known)
    return tuple(tokens)


def tell_doubles(sheet: Sheet | None, findings: Findings) -> None:
    """Two columns that mean the same would hide each other."""
    if sheet is None:
        return
    double = any("::" in header for header in sheet.headers)
    seen: dict[tuple[str, ...], str] = {}
    for header in sheet.headers:
        other = seen.setdefault(_tokens(sheet.name, header, double), header)
        if other != header:
            findings.refuse(Place(sheet.name, 1, header), f"means the same as '{other}'")
