"""Texts in our two languages from the languages of a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from backend.xlsform.columns import Row
from backend.xlsform.model import Cell, Findings, Place

MAX_TEXT = 500
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_OURS = {
    "zh-CN": re.compile(
        r"\(\s*(zh|cmn)\b[^)]*\)|^(zh|cmn)\b|chinese|mandarin|中文|汉语|汉文", re.I
    ),
    "en": re.compile(r"\(\s*en\b[^)]*\)|^en\b|english|英文|英语", re.I),
}
_TRANSLATED = (("label",), ("hint",), ("bind", "jr:constraintMsg"), ("bind", "jr:requiredMsg"))


class Wordings:
    """Which language of the workbook stands for which of ours.

    :param label_of: label of a question by its name, to stand in a text that names it
    """

    def __init__(
        self,
        rows: Iterable[Row],
        default_language: str,
        findings: Findings,
        label_of: Callable[[str], Mapping[str, str] | None],
    ) -> None:
        self._findings = findings
        self._label_of = label_of
        found = {
            language: None
            for row in rows
            for column in _TRANSLATED
            for language in row.languages(*column)
        }
        self._orders = _orders(list(found), default_language)
        self._tell(list(found))

    def text(self, row: Row, *column: str) -> dict[str, str] | None:
        """``{"zh-CN": ..., "en": ...}`` of a translated column; nothing when it is empty."""
        cells = row.languages(*column)
        if not cells:
            return None
        place = next(iter(cells.values())).place
        return {
            ours: self._filled(self._first(cells, order), ours, place)
            for ours, order in self._orders.items()
        }

    def _first(self, cells: Mapping[str, Cell], order: Iterable[str]) -> Cell:
        for position, language in enumerate(order):
            if language in cells:
                cell = cells[language]
                if position and len(self._orders["en"]) > 1:
                    self._findings.note(cell.place, "has no translation, so it stands in for both")
                return cell
        return next(iter(cells.values()))

    def _filled(self, cell: Cell, ours: str, place: Place) -> str:
        def named(found: re.Match[str]) -> str:
            label = self._label_of(found[1])
            if label is None:
                self._findings.refuse(cell.place, f"there is no question '{found[1]}'")
                return found[0]
            told = f"${{{found[1]}}} is shown as the name of that question, not as its answer"
            self._findings.note(cell.place, told)
            return f"[{label[ours]}]"

        text = _REFERENCE.sub(named, cell.text).strip()
        if len(text) > MAX_TEXT:
            self._findings.refuse(cell.place, f"is longer than {MAX_TEXT} characters")
            return text[:MAX_TEXT]
        return text or "…"

    def _tell(self, found: list[str]) -> None:
        place = Place("survey")
        used = {order[0] for order in self._orders.values()}
        if len(used) == 1 and found:
            language = next(iter(used)) or "without a name"
            told = f"one language ({language}) stands for both Chinese and English"
            self._findings.note(place, told)
        for language in found:
            if language and language not in used:
                self._findings.note(place, f"texts in '{language}' are left out")


def _orders(found: list[str], default_language: str) -> dict[str, list[str]]:
    """For each of our languages those of the workbook, the best first."""
    matches = {ours: [f for f in found if _OURS[ours].search(f)] for ours in _OURS}
    first = [default_language] if default_language in found else []
    rest = [*first, *(language for language in found if not language), *found, ""]
    if "" in found and not matches["zh-CN"] and matches["en"]:
        matches["zh-CN"] = [""]
    elif "" in found and not matches["en"] and matches["zh-CN"]:
        matches["en"] = [""]
    return {
        ours: list(dict.fromkeys([*matches[ours], *matches[other], *rest]))
        for ours, other in (("zh-CN", "en"), ("en", "zh-CN"))
    }
