"""Pure decisions of sync: reading and writing a cursor, and what a scope sees."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from backend.geo.rules import bounds, county_of, covers_any, township_of
from backend.kernel.errors import Refusal
from backend.sync.model import START, Cursor

EVERYBODY = "000000000000"
"""Area code of changes that concern every phone, such as a newly published form."""


def scope_mark(areas: Sequence[str]) -> str:
    """A short mark that changes whenever the caller's areas change."""
    return hashlib.sha256(",".join(sorted(areas)).encode()).hexdigest()[:12]


def ranges(areas: Sequence[str]) -> list[tuple[str, str]]:
    """Code ranges whose changes the caller follows: the areas, their parents, and everybody's."""
    inside = [bounds(code) for code in areas]
    parents = {parent for code in areas for parent in (county_of(code), township_of(code))}
    return [*inside, *((code, code) for code in sorted({*parents, EVERYBODY} - set(areas)))]


def concerns(areas: Sequence[str], kind: str, area_code: str) -> bool:
    """True for a change that the caller may see: of what lies above them only the areas' names."""
    return kind == "area" or area_code == EVERYBODY or covers_any(areas, area_code)


def write_cursor(cursor: Cursor) -> str:
    """A cursor as opaque text."""
    return f"{cursor.epoch}.{cursor.scope_mark}.{cursor.txid}.{cursor.seq}"


def read_cursor(text: str) -> Cursor:
    """Read a cursor.

    :raises Refusal: ``cursor`` when it is not one of ours
    """
    try:
        epoch, mark, txid, seq = text.split(".")
        return Cursor(epoch, mark, int(txid), int(seq))
    except ValueError as error:
        raise Refusal("cursor") from error


def place_of(cursor: Cursor | None, epoch: str, mark: str) -> tuple[tuple[int, int], bool]:
    """Where to go on, and whether the phone has to start over."""
    if cursor is None:
        return START, False
    if cursor.epoch != epoch or cursor.scope_mark != mark:
        return START, True
    return (cursor.txid, cursor.seq), False
