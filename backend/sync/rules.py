"""Pure decisions of sync: reading and writing a cursor, and what a scope sees."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from backend.geo.rules import bounds, county_of, covers_any, township_of
from backend.kernel.errors import Refusal
from backend.sync.model import START, Cursor, Place, Stage, Walk

EVERYBODY = "000000000000"
"""Area code of changes that concern every phone, such as a newly published form."""


HOMES = ("area", "household", "resident", "site")
"""Comes first on a phone that has nothing: with these (and the forms) the doctor can begin."""

STAGES: Mapping[Stage, tuple[Sequence[str], bool]] = {
    "homes": (HOMES, True),
    "rest": (HOMES, False),
}
"""Kinds of the change feed by stage of a first download: these, or all others."""


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
    walk = cursor.walk
    text = f"{cursor.epoch}.{cursor.scope_mark}.{walk.place[0]}.{walk.place[1]}"
    if walk.stage is None:
        return text
    return f"{text}.{walk.stage}.{walk.begun_at[0]}.{walk.begun_at[1]}"


def read_cursor(text: str) -> Cursor:
    """Read a cursor.

    :raises Refusal: ``cursor`` when it is not one of ours
    """
    try:
        epoch, mark, txid, seq, *begun = text.split(".")
        place = (int(txid), int(seq))
        if not begun:
            return Cursor(epoch, mark, Walk(None, place, START))
        named, begun_txid, begun_seq = begun
        (stage,) = (one for one in STAGES if one == named)
        return Cursor(epoch, mark, Walk(stage, place, (int(begun_txid), int(begun_seq))))
    except ValueError as error:
        raise Refusal("cursor") from error


def begin(newest: Place) -> Walk:
    """The walk of a download from the start."""
    return Walk("homes", START, newest)


def walk_of(
    cursor: Cursor | None, epoch: str, mark: str, newest: Callable[[], Place]
) -> tuple[Walk, bool]:
    """Where to go on, and whether the phone has to start over.

    :param newest: asks for the newest place in the feed, where a download begins
    """
    if cursor is None:
        return begin(newest()), False
    if cursor.epoch != epoch or cursor.scope_mark != mark:
        return begin(newest()), True
    return cursor.walk, False


def next_stage(walk: Walk) -> Walk | None:
    """What follows when nothing is left of the walk's stage; nothing after the last."""
    if walk.stage == "homes":
        return Walk("rest", START, walk.begun_at)
    return Walk(None, walk.begun_at, START) if walk.stage == "rest" else None
