"""The lists of the choices sheet, and the code lists they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.xlsform.columns import Row
from backend.xlsform.model import Findings, Place
from backend.xlsform.survey import own_members
from backend.xlsform.wordings import Wordings

MAX_CODE = 60
_LABELS = ("label", "name", "list_name", "list name", "media", "suifang", "value")


@dataclass(frozen=True)
class Choices:
    """One list: the rows of its codes, in order."""

    name: str
    place: Place
    rows: tuple[Row, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(row.text("name") for row in self.rows)

    def columns(self) -> frozenset[str]:
        """Further columns that a choice_filter can read."""
        return frozenset(
            tokens[0]
            for row in self.rows
            for tokens in row.cells
            if len(tokens) == 1 and tokens[0] not in _LABELS
        )


def read_choices(rows: tuple[Row, ...], findings: Findings) -> dict[str, Choices]:
    """Every list by name."""
    lists: dict[str, list[Row]] = {}
    for row in rows:
        name = row.text("list name") or row.text("list_name")
        code = row.text("name")
        if not name:
            if code or row.languages("label"):
                findings.refuse(row.place, "has no list_name")
            continue
        seen = lists.setdefault(name, [])
        if not code:
            findings.refuse(row.place, "has no name (code)")
        elif len(code) > MAX_CODE:
            findings.refuse(row.at("name"), f"a code has at most {MAX_CODE} characters")
        elif code in (other.text("name") for other in seen):
            findings.refuse(row.at("name"), f"the code '{code}' stands twice in '{name}'")
        else:
            seen.append(row)
    return {n: Choices(n, found[0].place, tuple(found)) for n, found in lists.items() if found}


@dataclass(frozen=True)
class CodeListUse:
    """The code list that a list of choices became.

    :param only: the part of it that is offered, where it is not all
    """

    name: str
    only: tuple[str, ...] = ()


class CodeLists:
    """Turns lists of choices into code lists, and finds those that stand in the library already."""

    def __init__(
        self,
        key: str,
        source: str,
        library: Mapping[str, Mapping[str, Any]],
        wordings: Wordings,
        findings: Findings,
    ) -> None:
        self._key, self._source = key, source
        self._library, self._wordings, self._findings = library, wordings, findings
        self.made: dict[str, dict[str, Any]] = {}
        self._used: dict[tuple[str, bool], CodeListUse] = {}

    def use(self, choices: Choices, *, with_columns: bool, other: bool = False) -> CodeListUse:
        """The code list for a list of choices.

        :param with_columns: the further columns are needed, for a choice_filter
        :param other: a code ``other`` is added (``or_other``)
        """
        known = self._used.get((choices.name, other))
        if known is not None and not with_columns:
            return known
        for row in choices.rows:
            if any(tokens[0] == "media" for tokens in row.cells):
                self._findings.refuse(row.place, "pictures, sounds and films are not supported")
        entries = [self._entry(row, with_columns) for row in choices.rows]
        if other and "other" not in choices.codes:
            entries.append({"code": "other", "label": {"zh-CN": "其他", "en": "Other"}})
        found = self._standing(choices.name, entries) or self._new(choices.name, entries, other)
        self._used[choices.name, other] = found
        return found

    def _entry(self, row: Row, with_columns: bool) -> dict[str, Any]:
        code = row.text("name")
        label = self._wordings.text(row, "label")
        if label is None:
            label = {"zh-CN": code, "en": code}
            self._findings.note(row.place, f"has no label: the code '{code}' is shown")
        entry: dict[str, Any] = {"code": code, "label": label, **own_members(row, self._findings)}
        columns = {
            tokens[0]: cell.text
            for tokens, cell in row.cells.items()
            if len(tokens) == 1 and tokens[0] not in _LABELS
        }
        return {**entry, "columns": columns} if with_columns and columns else entry

    def _standing(self, name: str, entries: list[dict[str, Any]]) -> CodeListUse | None:
        """The list of the library with this name, when it says the same."""
        known = self._library.get(name)
        if known is None:
            return None
        have = {entry["code"]: entry for entry in known["codes"]}
        if any(have.get(entry["code"]) != entry for entry in entries):
            return None
        codes = tuple(entry["code"] for entry in entries)
        offered = tuple(code for code, entry in have.items() if not entry.get("retired"))
        return CodeListUse(name, () if codes in (offered, tuple(have)) else codes)

    def _new(self, name: str, entries: list[dict[str, Any]], other: bool) -> CodeListUse:
        plain = "".join(s if s.isascii() and s.isalnum() else "_" for s in name.lower()).strip("_")
        mine = f"{self._key}_{plain}{'_other' if other else ''}"[:40].rstrip("_")
        number = 2
        while mine in self.made and self.made[mine]["codes"] != entries:
            mine = f"{mine[:36]}_{number}"
            number += 1
        self.made[mine] = {"name": mine, "source": self._source, "codes": entries}
        return CodeListUse(mine)
