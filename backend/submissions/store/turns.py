"""Taking turns: who writes about a household, one after the other.

What follows from a visit is worked out from everything known about its household. Two visits that
are worked out at the same moment would each miss the other; so whoever writes takes the turn of
each subject concerned and learns whether somebody else had it since the facts were read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.among import among
from backend.kernel.db import table_of
from backend.submissions.tables import TurnRow


class Turn(NamedTuple):
    """A turn that we have.

    :param taken: how often it was taken, this time included
    :param is_awaited: an envelope is, or once was, held for whom this is the turn of
    """

    taken: int
    is_awaited: bool


_TABLE = table_of(TurnRow)
_COUNTS = select(_TABLE.c.id, _TABLE.c.taken).where(among(_TABLE.c.id, "ids"))
_TAKE = {
    name: dialect.insert(_TABLE)
    .values(taken=1)
    .on_conflict_do_update(index_elements=["id"], set_={"taken": _TABLE.c.taken + 1})
    .returning(_TABLE.c.id, _TABLE.c.taken, _TABLE.c.is_awaited)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def counts(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """How often each turn was taken so far, as of the snapshot that the facts are read from."""
    wanted = list(dict.fromkeys(ids))
    found = {row.id: row.taken for row in session.execute(_COUNTS, {"ids": wanted})}
    return {one: found.get(one, 0) for one in wanted}


def take(session: Session, ids: Iterable[str]) -> dict[str, Turn]:
    """Take the turns, waiting for whoever has one of them until their transaction ends."""
    # In one order for everybody, or two transactions would wait for each other.
    rows = [{"id": one} for one in sorted(set(ids))]
    if not rows:
        return {}
    taken = session.execute(_TAKE[session.get_bind().dialect.name], rows)
    return {row.id: Turn(row.taken, row.is_awaited) for row in taken}


def await_(session: Session, ids: Iterable[str]) -> None:
    """Note that envelopes are held for these, whose turns this transaction has."""
    wanted = list(set(ids))
    if wanted:
        session.execute(update(_TABLE).where(_TABLE.c.id.in_(wanted)).values(is_awaited=True))
