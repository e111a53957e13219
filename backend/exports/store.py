"""Queries on addresses from which a spreadsheet refreshes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.exports.model import CsvLink
from backend.exports.tables import CsvLinkRow
from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.kernel.db import table_of

_NAMES = tuple(CsvLink.__dataclass_fields__)


def _link(row: Any) -> CsvLink:
    return CsvLink(**{name: getattr(row, name) for name in _NAMES})


def add(session: Session, link: CsvLink) -> None:
    """Keep a new address."""
    session.add(CsvLinkRow(**vars(link)))
    session.flush()


def by_id(session: Session, link_id: str) -> CsvLink | None:
    """An address by id, revoked and ended ones included."""
    row = session.get(CsvLinkRow, link_id, populate_existing=True)
    return None if row is None else _link(row)


def inside(session: Session, areas: Sequence[str]) -> list[CsvLink]:
    """The addresses of areas inside these, the newest first."""
    row = CsvLinkRow
    rows = session.scalars(
        select(row).where(within(row.area_code, map(bounds, areas))).order_by(row.made_at.desc())
    )
    return [_link(one) for one in rows]


def change(session: Session, link_id: str, **values: Any) -> None:
    """Set columns of an address."""
    session.execute(update(table_of(CsvLinkRow)).where(CsvLinkRow.id == link_id).values(**values))


def revoke(session: Session, link_id: str, now: datetime) -> None:
    """Nothing is read from it any more."""
    change(session, link_id, revoked_at=now)
