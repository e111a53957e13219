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
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.feed.tables import ChangeRow, ServerStateRow
from backend.kernel.db import Base, is_postgresql

FEED_SEQUENCE = DbSequence("changes_seq", metadata=Base.metadata)


@dataclass(frozen=True)
class Change:
    """One place in the feed."""

    kind: str
    object_id: str
    op: str
    txid: int
    seq: int


def record(session: Session, changes: Iterable[tuple[str, str, str]], op: str = "put") -> None:
    """Note that objects changed, in this transaction.

    :param changes: (kind, object id, area code) of each
    :param op: ``put``, or ``remove`` when the object left the area
    """
    rows = [
        {"kind": kind, "object_id": object_id, "area_code": area, "op": op}
        for kind, object_id, area in dict.fromkeys(changes)
    ]
    if not rows:
        return
    if is_postgresql(session):
        _record_postgresql(session, rows)
    else:
        _record_sqlite(session, rows)


def _record_postgresql(session: Session, rows: list[dict[str, str]]) -> None:
    # One order for everybody, or two transactions that touch the same objects would deadlock.
    rows.sort(key=lambda row: (row["kind"], row["object_id"], row["area_code"]))
    txid = cast(cast(func.pg_current_xact_id(), postgresql.TEXT), BigInteger)
    place = {"txid": txid, "seq": FEED_SEQUENCE.next_value()}
    insert = postgresql.insert(ChangeRow).values([{**row, **place} for row in rows])
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["kind", "object_id", "area_code"],
            set_={
                "op": insert.excluded.op,
                "txid": insert.excluded.txid,
                "seq": insert.excluded.seq,
            },
        )
    )


def _record_sqlite(session: Session, rows: list[dict[str, str]]) -> None:
    last = session.scalar(select(func.coalesce(func.max(ChangeRow.seq), 0))) or 0
    insert = sqlite.insert(ChangeRow)
    newer = insert.excluded
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["kind", "object_id", "area_code"],
            set_={"op": newer.op, "seq": newer.seq},
        ),
        [{**row, "txid": 0, "seq": last + n} for n, row in enumerate(rows, start=1)],
    )


def _in_sight(session: Session) -> ColumnElement[bool]:
    """Rows of transactions after which nothing older can still appear."""
    if not is_postgresql(session):
        return true()
    return ChangeRow.txid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def _in_areas(ranges: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    return or_(*(ChangeRow.area_code.between(low, high) for low, high in ranges))


def page(
    session: Session, ranges: Sequence[tuple[str, str]], after: tuple[int, int], limit: int
) -> list[Change]:
    """The next changes inside the code ranges, in the order of the feed."""
    place = tuple_(ChangeRow.txid, ChangeRow.seq)
    rows = session.scalars(
        select(ChangeRow)
        .where(
            _in_areas(ranges),
            _in_sight(session),
            place > tuple_(literal(after[0]), literal(after[1])),
        )
        .order_by(ChangeRow.txid, ChangeRow.seq)
        .limit(limit)
    )
    return [Change(r.kind, r.object_id, r.op, r.txid, r.seq) for r in rows]


def remaining(session: Session, ranges: Sequence[tuple[str, str]], after: tuple[int, int]) -> int:
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
                    place > tuple_(literal(after[0]), literal(after[1])),
                )
            )
        )
        or 0
    )


def read_state(session: Session, key: str) -> str | None:
    """One fact about this life of the database."""
    row = session.get(ServerStateRow, key)
    return None if row is None else row.value


def write_state(session: Session, key: str, value: str) -> None:
    """Set a fact about this life of the database."""
    session.merge(ServerStateRow(key=key, value=value))
