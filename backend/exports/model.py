"""Files that leave the house, as nouns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

Text: TypeAlias = Mapping[str, str]
Value: TypeAlias = str | float | int | bool | date | datetime | None

MAIN = "main"


@dataclass(frozen=True)
class Column:
    """One column. ``codes`` names the code list that its values come from."""

    key: str
    label: Text
    codes: str | None = None


@dataclass(frozen=True)
class Table:
    """A form's answers (``main``), or one of its repeats, joined to it by ``submission_id``."""

    name: str
    label: Text
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Wanted:
    """What is to be exported.

    :param areas: scope of the caller, never empty
    :param names: with the name, sex and birth date of the person
    """

    form_key: str
    areas: Sequence[str]
    from_on: date
    to_on: date
    names: bool = False


@dataclass(frozen=True)
class Mark:
    """By which a file can be traced to whoever took it out, and why. The id is in the audit."""

    id: str
    by: str
    at: datetime
    reason: str

    def told(self) -> str:
        """In one line, for the foot of a page."""
        return f"{self.id} · {self.by} · {self.at:%Y-%m-%d %H:%M} · {self.reason}"


Row: TypeAlias = list[Value]
Answers: TypeAlias = Mapping[str, Any]
