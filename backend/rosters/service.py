"""Use cases on rosters: look at one before anything is written, take it, take it back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from backend.dedup import service as dedup
from backend.geo import service as geo
from backend.geo.rules import county_of, covers_any, township_of
from backend.kernel.errors import Refusal
from backend.kernel.vault import Vault
from backend.residents import service as residents
from backend.rosters import store
from backend.rosters.model import KNOWN, NEW, TWICE, Judged, Roster, Table
from backend.rosters.rules.columns import guessed
from backend.rosters.rules.files import read_table
from backend.rosters.rules.judging import judge, unsure_in_file
from backend.rosters.rules.lines import Reading, at_home, read_lines
from backend.submissions.store import submissions, turns

AT_ONCE = 200
"""Rows a transaction: on SQLite every phone waits for it."""
UNDO = timedelta(days=1)
SHOWN = 30
_ALIASES = {
    "丈夫": "夫", "妻子": "妻", "爱人": "配偶", "儿子": "子", "女儿": "女", "父": "父亲",
    "母": "母亲", "长孙": "孙子", "儿媳妇": "儿媳",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A roster as somebody brings it.

    :param id: made by the desk, so that sending it twice brings nothing twice
    :param columns: what -> heading; guessed where nothing is told
    :param village_code: of rows that name no village
    """

    id: str
    content: bytes
    columns: Mapping[str, str] | None
    village_code: str | None


@dataclass(frozen=True)
class Looked:
    """A roster looked at: nothing is written."""

    table: Table
    columns: Mapping[str, str]
    lines: Sequence[Judged]


def look(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    asked: Asked,
    *,
    schemas: Path,
    today: date,
) -> Looked:
    """Read a file and judge every row of it. Only reads.

    :raises Refusal: what :func:`read_table` raises; ``roster_without_names``: no column of names
    """
    table = read_table(asked.content)
    columns = dict(asked.columns) if asked.columns is not None else guessed(table.headings)
    columns = {what: heading for what, heading in columns.items() if heading in table.headings}
    if "name" not in columns and asked.columns is not None:
        raise Refusal("roster_without_names")
    villages = [area for area in geo.inside(session, areas) if area.level == "village"]
    reading = Reading(asked.id, columns, asked.village_code, villages, _relations(schemas), today)
    lines = read_lines(table, reading)
    named = sorted({line.resident.village_code for line in lines if line.resident is not None})
    lines = at_home(lines, residents.households_in(session, vault, named))
    homes = {line.household.id: line.household for line in lines if line.household is not None}
    people = [line.resident for line in lines if line.resident is not None]
    likely, homes = dedup.likely_among(session, vault, people, homes)
    return Looked(table, columns, judge(lines, likely, homes))


@cache
def _relations(schemas: Path) -> Mapping[str, str]:
    """GB/T 4761 codes by their Chinese label, and by what people write instead."""
    told = json.loads((schemas / "common/codes/relationship.json").read_text(encoding="utf-8"))
    labels = {one["label"]["zh-CN"]: one["code"] for one in told["codes"]}
    return labels | {said: labels[label] for said, label in _ALIASES.items() if label in labels}


def wanted(
    lines: Sequence[Judged], also: Collection[int], without: Collection[int]
) -> list[Judged]:
    """The rows that are taken: everybody new, and those of the others that were asked for.

    :param also: numbers of rows that look known or told twice and are other people
    :param without: numbers of rows to leave out
    """
    return [
        one
        for one in lines
        if one.line.number not in without
        and (one.state == NEW or (one.state in {KNOWN, TWICE} and one.line.number in also))
    ]


def parts(lines: Sequence[Judged]) -> Iterator[list[Judged]]:
    """The rows by so many as one transaction takes."""
    left = iter(lines)
    while part := list(islice(left, AT_ONCE)):
        yield part


def area_of(lines: Sequence[Judged]) -> str:
    """The smallest area that holds the villages of all rows."""
    villages = {one.line.resident.village_code for one in lines if one.line.resident is not None}
    for holds in (str, township_of, county_of):
        if len(found := {holds(code) for code in villages}) == 1:
            return found.pop()
    raise Refusal("roster_of_many_counties")


def begun(session: Session, roster_id: str, by: str) -> Roster | None:
    """The roster, when part of it was written before the connection broke.

    :raises Refusal: ``not_found`` when it is somebody else's; ``decided_meanwhile`` when it was
        taken back
    """
    found = store.by_id(session, roster_id, locked=False)
    if found is not None and found.taken_by != by:
        raise Refusal("not_found")
    if found is not None and found.undone_at is not None:
        raise Refusal("decided_meanwhile")
    return found


def take(
    session: Session, vault: Vault, roster: Roster, part: Sequence[Judged], now: datetime
) -> Roster:
    """Write a part of a roster into the register.

    :param now: the same for every part: who was changed later is not taken back
    """
    people = [one.line.resident for one in part if one.line.resident is not None]
    homes = {
        one.line.household.id: one.line.household for one in part if one.line.household is not None
    }
    turns.take(session, [*homes, *{one.village_code for one in people}])
    known = residents.households_by_ids(session, vault, homes)
    new = [home for key, home in homes.items() if key not in known]
    residents.save(session, vault, new, people, now)
    dedup.index(session, vault, people)
    dedup.save(session, [pair for one in part for pair in one.pairs], now)
    dedup.save(session, unsure_in_file([one.line for one in part], homes), now)
    done = Roster(
        roster.id,
        roster.file_name,
        roster.area_code,
        tuple(one.id for one in people),
        tuple(home.id for home in new),
        roster.left_out,
        roster.taken_by,
        now,
    )
    store.keep(session, done)
    return done


def newest(session: Session, areas: Sequence[str]) -> list[Roster]:
    """The rosters brought into these areas, the newest first."""
    return store.newest(session, areas, SHOWN)


def to_undo(session: Session, areas: Sequence[str], roster_id: str, now: datetime) -> Roster:
    """A roster that may be taken back.

    :raises Refusal: ``not_found``; ``roster_too_old``; ``decided_meanwhile`` when it was taken back
    """
    found = store.by_id(session, roster_id, locked=True)
    if found is None or not covers_any(areas, found.area_code):
        raise Refusal("not_found")
    if found.undone_at is not None:
        raise Refusal("decided_meanwhile")
    if now - found.taken_at > UNDO:
        raise Refusal("roster_too_old")
    return found


def undo(
    transact: Callable[[Callable[[Session], int]], int], roster: Roster, by: str, now: datetime
) -> int:
    """Take everybody of a roster out of the register who is as the roster brought them: nobody has
    visited, changed or merged them since. Households go when nobody belongs to them.

    :returns: how many people left the register
    """
    gone = 0
    for start in range(0, len(roster.residents), AT_ONCE):
        some = roster.residents[start : start + AT_ONCE]
        gone += transact(partial(_take_out, ids=some, since=roster.taken_at))
    transact(lambda session: _end(session, roster, by, now))
    return gone


def _take_out(session: Session, ids: Sequence[str], since: datetime) -> int:
    turns.take(session, ids)
    visited = submissions.newest_of(session, ids, 1).keys()
    gone = residents.untouched(session, ids, since) - visited
    dedup.forget(session, gone)
    residents.remove(session, (), gone)
    return len(gone)


def _end(session: Session, roster: Roster, by: str, now: datetime) -> int:
    turns.take(session, roster.households)
    empty = set(roster.households) - residents.have_members(session, roster.households)
    residents.remove(session, empty, ())
    store.undo(session, roster.id, by, now)
    return len(empty)
