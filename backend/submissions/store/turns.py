"""Taking turns: who writes about a household, one after the other.

What follows from a visit is worked out from everything known about its household. Two visits that
are worked out at the same moment would each miss the other; so whoever writes takes the turn of
each subject concerned and learns whether somebody else had it since the facts were read.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.db import table_of
from backend.submissions.tables import TurnRow

_TABLE = table_of(TurnRow)
_COUNTS = select(_TABLE.c.id, _TABLE.c.taken).where(
    _TABLE.c.id.in_(bindparam("ids", expanding=True))
)
_TAKE = {
    name: dialect.insert(_TABLE)
    .values(taken=1)
    .on_conflict_do_update(index_elements=["id"], set_={"taken": _TABLE.c.taken + 1})
    .returning(_TABLE.c.id, _TABLE.c.taken)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def counts(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """How often each turn was taken so far, as of the snapshot that the facts are read from."""
    wanted = list(dict.fromkeys(ids))
    found = {row.id: row.taken for row in session.execute(_COUNTS, {"ids": wanted})}
    return {one: found.get(one, 0) for one in wanted}


def take(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """Take the turns, waiting for whoever has one of them until their transaction ends.

    :returns: how often each was taken, this time included
    """
    # In one order for everybody, or two transactions would wait for each other.
    rows = [{"id": one} for one in sorted(set(ids))]
    if not rows:
        return {}
    taken = session.execute(_TAKE[session.get_bind().dialect.name], rows)
    return {row.id: row.taken for row in taken}
