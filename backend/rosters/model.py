"""A roster (花名册) as nouns: a list of residents that a village office keeps, as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from backend.dedup.model import DuplicateCandidate
from backend.residents.model import Household, Resident

NEW = "new"
KNOWN = "known"
TWICE = "twice"
WRONG = "wrong"


@dataclass(frozen=True)
class Table:
    """What a file holds, every cell as text.

    :param headings: of the columns, each once
    :param rows: (number in the file, cell by heading), empty rows left out
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Doubt:
    """Something about a cell that a person should know.

    :param code: its sentence stands in the desk's words
    :param what: which column
    :param stops: the row cannot be taken as it is
    """

    code: str
    what: str
    stops: bool = False


@dataclass(frozen=True)
class Line:
    """A row, read.

    :param sex: as far as it could be read; empty where it could not
    :param birth_date: the same
    :param resident: nothing when a doubt stops the row
    :param household: as the row tells it, or the registered one; nothing when the row names none
    """

    number: int
    name: str
    doubts: tuple[Doubt, ...]
    sex: str = ""
    birth_date: date | None = None
    resident: Resident | None = None
    household: Household | None = None


@dataclass(frozen=True)
class Judged:
    """A row with who it may be.

    :param state: ``new``, ``known`` (registered already), ``twice`` (an earlier row is the same
        person), ``wrong`` (a doubt stops it)
    :param pairs: registered residents who are or may be the same, the likeliest first
    :param others: the residents of these pairs by id
    :param earlier: number of the row that is the same person
    """

    line: Line
    state: str
    pairs: tuple[DuplicateCandidate, ...] = ()
    others: Mapping[str, Resident] | None = None
    earlier: int | None = None


@dataclass(frozen=True)
class Roster:
    """A roster that was brought in.

    :param area_code: the smallest area that holds all of its villages
    :param residents: ids of those it brought into the register
    :param households: the same
    :param left_out: rows that were not taken
    """

    id: str
    file_name: str
    area_code: str
    residents: tuple[str, ...]
    households: tuple[str, ...]
    left_out: int
    taken_by: str
    taken_at: datetime
    undone_at: datetime | None = None
