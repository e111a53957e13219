"""Writing and reading the change feed (docs/decisions/0003-sync.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Sequence as DbSequence,
    and_,
    cast,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.feed.tables import ChangeRow, ServerStateRow
from backend.kernel.areas import within
from backend.kernel.db import Base, is_postgresql, table_of

FEED_SEQUENCE = DbSequence("changes_seq", metadata=Base.metadata)


@dataclass(frozen=True)
class Change:
    """One place in the feed."""

    kind: str
    object_id: str
    area_code: str
    op: str
    txid: int
    seq: int


_KEY = ["kind", "object_id", "area_code"]


def _upsert_sqlite() -> sqlite.Insert:
    """One row; the next number is looked up by the statement itself, under the write lock."""
    newest = select(func.coalesce(func.max(ChangeRow.seq), 0) + 1)
    place = newest.where(ChangeRow.txid == 0).scalar_subquery()  # so the index by place serves it
    insert = sqlite.insert(table_of(ChangeRow)).values(txid=0, seq=place)
    newer = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=_KEY, set_={"op": newer.op, "seq": newer.seq}
    )


def _upsert_postgresql() -> postgresql.Insert:
    txid = cast(cast(func.pg_current_xact_id(), postgresql.TEXT), BigInteger)
    insert = postgresql.insert(table_of(ChangeRow)).values(
        txid=txid, seq=FEED_SEQUENCE.next_value()
    )
    newer = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=_KEY, set_={"op": newer.op, "txid": newer.txid, "seq": newer.seq}
    )


_UPSERTS = {"sqlite": _upsert_sqlite(), "postgresql": _upsert_postgresql()}


def record(session: Session, changes: Iterable[tuple[str, str, str]], op: str = "put") -> None:
    """Note that objects changed, in this transaction.

    :param changes: (kind, object id, area code) of each
    :param op: ``put``, or ``remove`` when the object left the area
    """
    wanted = list(dict.fromkeys(changes))
    if is_postgresql(session):
        # One order for everybody, or two transactions that touch the same objects would deadlock.
        wanted.sort()
    rows = [
        {"kind": kind, "object_id": object_id, "area_code": area, "op": op}
        for kind, object_id, area in wanted
    ]
    if rows:
        session.execute(_UPSERTS[session.get_bind().dialect.name], rows)


def _in_sight(session: Session) -> ColumnElement[bool]:
    """Rows of transactions after which nothing older can still appear."""
    if not is_postgresql(session):
        return true()
    return ChangeRow.txid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def _in_areas(ranges: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    return within(ChangeRow.area_code, ranges)


Kinds = tuple[Sequence[str], bool]
"""(kinds, True): these alone; (kinds, False): all others."""


def _of_kinds(kinds: Kinds | None) -> ColumnElement[bool]:
    if kinds is None:
        return true()
    named, these = kinds
    return ChangeRow.kind.in_(named) if these else ChangeRow.kind.not_in(named)


def page(
    session: Session,
    ranges: Sequence[tuple[str, str]],
    after: tuple[int, int],
    limit: int,
    kinds: Kinds | None = None,
) -> list[Change]:
    """The next changes inside the code ranges, in the order of the feed."""
    place = tuple_(ChangeRow.txid, ChangeRow.seq)
    rows = session.scalars(
        select(ChangeRow)
        .where(
            _in_areas(ranges),
            _in_sight(session),
            _of_kinds(kinds),
            place > tuple_(literal(after[0]), literal(after[1])),
        )
        .order_by(ChangeRow.txid, ChangeRow.seq)
        .limit(limit)
    )
    return [Change(r.kind, r.object_id, r.area_code, r.op, r.txid, r.seq) for r in rows]


def remaining(
    session: Session,
    ranges: Sequence[tuple[str, str]],
    after: tuple[int, int],
    kinds: Kinds | None = None,
) -> int:
    """How many changes are still to come after a place."""
    place = tuple_(ChangeRow.txid, ChangeRow.seq)
    return (
        session.scalar(
            select(func.count())
            .select_from(ChangeRow)
            .where(
                and_(
                    _in_areas(ranges),
                    _in_sight(session),
                    _of_kinds(kinds),
                    place > tuple_(literal(after[0]), literal(after[1])),
                )
            )
        )
        or 0
    )


def since(session: Session, after: tuple[int, int], limit: int) -> list[Change]:
    """The next changes everywhere, in the order of the feed: for whoever follows all of it."""
    place = tuple_(ChangeRow.txid, ChangeRow.seq)
    rows = session.scalars(
        select(ChangeRow)
        .where(_in_sight(session), place > tuple_(literal(after[0]), literal(after[1])))
        .order_by(ChangeRow.txid, ChangeRow.seq)
        .limit(limit)
    )
    return [Change(r.kind, r.object_id, r.area_code, r.op, r.txid, r.seq) for r in rows]


def last_place(session: Session) -> tuple[int, int]:
    """The newest place that is in sight; (0, 0) of an empty feed."""
    found = session.execute(
        select(ChangeRow.txid, ChangeRow.seq)
        .where(_in_sight(session))
        .order_by(ChangeRow.txid.desc(), ChangeRow.seq.desc())
        .limit(1)
    ).first()
    return (0, 0) if found is None else (found.txid, found.seq)


def read_state(session: Session, key: str) -> str | None:
    """One fact about this life of the database."""
    row = session.get(ServerStateRow, key)
    return None if row is None else row.value


def write_state(session: Session, key: str, value: str) -> None:
    """Set a fact about this life of the database."""
    session.merge(ServerStateRow(key=key, value=value))


def begin_transactions_anew(session: Session) -> None:
    """Put every change before all that is still to come; their order among themselves stays."""
    session.execute(update(ChangeRow).values(txid=0))
    if is_postgresql(session):
        highest = session.scalar(select(func.max(ChangeRow.seq)))
        if highest is not None:
            session.execute(text("SELECT setval('changes_seq', :highest)"), {"highest": highest})
