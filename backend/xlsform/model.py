"""An XLSForm workbook as nouns, and what an import finds in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where something stands in the workbook.

    :param row: as Excel counts, the header is 1; nothing when the whole sheet is meant
    :param column: the header as written; nothing when the whole row is meant
    """

    sheet: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f" row {self.row}"
        column = "" if self.column is None else f" column '{self.column}'"
        return f"{self.sheet}{row}{column}"


@dataclass(frozen=True)
class Finding:
    """Something to tell the author about a place: why it is refused, or how it was understood."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class Cell:
    text: str
    place: Place


@dataclass(frozen=True)
class Sheet:
    """One sheet: headers and the texts below them.

    :param rows: Excel's row number, with the cells that are not empty by header
    """

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Book:
    """A workbook as it was read.

    :param notes: what the author should know of how it was read
    """

    sheets: tuple[Sheet, ...]
    notes: tuple[Finding, ...] = ()


class Findings:
    """Collects what is refused and what has to be said: an author sees all of it at once.

    :param without_media: the author brings the form without its sounds and films
    """

    def __init__(self, *, without_media: bool = False) -> None:
        self._without_media = without_media
        self.refused: list[Finding] = []
        self.notes: list[Finding] = []

    def refuse(self, place: Place, message: str) -> None:
        """Something cannot be carried over."""
        self._once(self.refused, Finding(place, message))

    def note(self, place: Place, message: str) -> None:
        """Something was understood in a way the author should know."""
        self._once(self.notes, Finding(place, message))

    def media(self, place: Place, message: str) -> None:
        """A picture, sound or film cannot be carried over: left out where the author said so."""
        if self._without_media:
            self.note(place, f"{message}: left out")
        else:
            self.refuse(place, message)

    @staticmethod
    def _once(found: list[Finding], finding: Finding) -> None:
        if finding not in found:
            found.append(finding)


@dataclass(frozen=True)
class Imported:
    """What an import made.

    :param form: form.json
    :param schema: data.schema.json
    :param ui: ui.json
    :param codes: code lists that do not stand in the library yet, by name
    :param notes: what the author should know
    """

    key: str
    form: Mapping[str, Any]
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]
    codes: Mapping[str, Mapping[str, Any]]
    notes: tuple[Finding, ...] = ()


class NotImported(Exception):
    """The workbook cannot be taken as it stands.

    :param refused: everything that stands in the way, each with its place
    """

    def __init__(self, refused: tuple[Finding, ...], notes: tuple[Finding, ...] = ()) -> None:
        super().__init__("; ".join(str(finding) for finding in refused))
        self.refused = refused
        self.notes = notes


@dataclass(frozen=True)
class Symbol:
    """A question as expressions see it.

    :param name: its name with us
    :param kind: number, text, bool, date, codes, rows or place
    :param order: its place among all questions; an expression that is evaluated in the one pass may
        only read smaller ones
    :param codes: the codes of its list, where it is a select
    :param repeat: the repeat it is a column of
    """

    name: str
    kind: str
    order: int
    codes: tuple[str, ...] = ()
    repeat: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
