"""The lists of the choices sheet, and the code lists they become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backend.xlsform.columns import OWN, Row
from backend.xlsform.model import Cell, Findings, Place
from backend.xlsform.survey import ACKNOWLEDGED, own_members
from backend.xlsform.wordings import Wordings

MAX_CODE = 60
_LABELS = ("label", "name", "list_name", "list name", "media", "suifang", "value")


@dataclass(frozen=True)
class Choices:
    """One list: the rows of its codes, in order.

    :param more: by code and column what further rows of the same code say there
    """

    name: str
    place: Place
    rows: tuple[Row, ...]
    more: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

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

    def values(self, column: str) -> frozenset[str]:
        """What stands in a further column."""
        further = (v for (_, name), found in self.more.items() if name == column for v in found)
        return frozenset({*(row.text(column) for row in self.rows), *further} - {""})


def acknowledged(place: Place) -> Choices:
    """The one choice of an ``acknowledge``."""
    told = '{"label": {"zh-CN": "已知晓", "en": "OK"}}'
    texts: dict[tuple[str, ...], str] = {("name",): "OK", ("label",): "OK", (OWN,): told}
    cells = {tokens: Cell(text, place) for tokens, text in texts.items()}
    return Choices(ACKNOWLEDGED, place, (Row(place, cells),))


def read_choices(
    rows: tuple[Row, ...],
    findings: Findings,
    *,
    doubles: bool = False,
    filters: frozenset[str] = frozenset(),
) -> dict[str, Choices]:
    """Every list by name.

    :param doubles: a code may stand twice in a list (``allow_choice_duplicates``)
    :param filters: the columns that a choice_filter may read
    """
    lists: dict[str, list[Row]] = {}
    twice: dict[str, list[Row]] = {}
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
        elif code not in (other.text("name") for other in seen):
            seen.append(row)
        elif doubles:
            twice.setdefault(name, []).append(row)
        else:
            findings.refuse(row.at("name"), f"the code '{code}' stands twice in '{name}'")
    made = {n: Choices(n, found[0].place, tuple(found)) for n, found in lists.items() if found}
    return made | {n: _joined(made[n], found, filters, findings) for n, found in twice.items()}


def _joined(
    choices: Choices, again: list[Row], filters: frozenset[str], findings: Findings
) -> Choices:
    """A list whose codes stand once, each with all that its rows say for a choice_filter.

    A code that stands twice is stored as one, so it must mean one thing. Rows that differ in one
    column are one choice offered for several values; in two, it would be offered for pairs that
    nobody wrote.
    """
    more: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in again:
        code = row.text("name")
        first = next(known for known in choices.rows if known.text("name") == code)
        told = f"the code '{code}' stands twice in '{choices.name}'"
        differs = sorted(c for c in filters if row.text(c) != first.text(c))
        before = {column for known, column in more if known == code}
        same_label = _wording(row) == _wording(first)
        if differs and not same_label:
            findings.refuse(row.at("name"), f"{told}, with another label and another filter")
        elif len(before.union(differs)) > 1:
            findings.refuse(row.at("name"), f"{told} and differs in more than one column")
        elif differs:
            key = code, differs[0]
            more[key] = tuple(dict.fromkeys([*more.get(key, ()), row.text(differs[0])]))
            findings.note(row.at("name"), f"{told}: it is one choice, offered for both")
        else:
            label = "" if same_label else ", the label of the first is kept"
            findings.note(row.at("name"), f"{told}: it is one choice{label}")
    return replace(choices, more=more)


def _wording(row: Row) -> dict[str, str]:
    return {language: cell.text for language, cell in row.languages("label").items()}


def columns_read(filters: Iterable[str]) -> frozenset[str]:
    """Every word that a choice_filter could mean as a column."""
    return frozenset(word for source in filters for word in re.findall(r"[\w.-]+", source))


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
                self._findings.media(row.place, "pictures, sounds and films are not supported")
        entries = [self._entry(row, choices.more, with_columns) for row in choices.rows]
        if other and "other" not in choices.codes:
            entries.append({"code": "other", "label": {"zh-CN": "其他", "en": "Other"}})
        found = self._standing(choices.name, entries) or self._new(choices.name, entries, other)
        self._used[choices.name, other] = found
        return found

    def _entry(
        self, row: Row, more: Mapping[tuple[str, str], tuple[str, ...]], with_columns: bool
    ) -> dict[str, Any]:
        code = row.text("name")
        label = self._wordings.text(row, "label")
        if label is None:
            label = {"zh-CN": code, "en": code}
            self._findings.note(row.place, f"has no label: the code '{code}' is shown")
        entry: dict[str, Any] = {"code": code, "label": label, **own_members(row, self._findings)}
        columns: dict[str, str | list[str]] = {
            tokens[0]: cell.text
            for tokens, cell in row.cells.items()
            if len(tokens) == 1 and tokens[0] not in _LABELS
        }
        for (known, column), further in more.items():
            if known == code:
                values = [v for v in (row.text(column), *further) if v]
                columns[column] = values if len(values) > 1 else values[0]
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
