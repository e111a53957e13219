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


Row: TypeAlias = list[Any]
"""Values, and answers as they are kept: whoever writes a file makes one cell of each."""

Answers: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class CsvLink:
    """An address from which a spreadsheet refreshes one form's records by itself.

    :param account_id: who made it; it opens no more than this account may see at that moment
    :param days: how far back it reaches
    :param names: with the name, sex and birth date of the person
    """

    id: str
    account_id: str
    form_key: str
    area_code: str
    days: int
    names: bool
    reason: str
    token_sha256: str
    made_at: datetime
    expires_on: date
    revoked_at: datetime | None
    last_used_at: datetime | None
    window_started_at: datetime
    used_in_window: int

    def is_live(self, today: date) -> bool:
        """True while it opens anything."""
        return self.revoked_at is None and today <= self.expires_on
