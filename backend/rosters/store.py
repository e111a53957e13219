"""Queries on rosters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from backend.geo.rules import bounds
from backend.rosters.model import Roster
from backend.rosters.tables import RosterRow


def keep(session: Session, roster: Roster) -> None:
    """Keep what a roster brought; of one that is kept already, what came besides."""
    row = session.get(RosterRow, roster.id, with_for_update=True)
    if row is None:
        row = RosterRow(
            id=roster.id,
            file_name=roster.file_name,
            area_code=roster.area_code,
            residents=[],
            households=[],
            left_out=0,
            taken_by=roster.taken_by,
            taken_at=roster.taken_at,
        )
        session.add(row)
    row.residents = list(dict.fromkeys([*row.residents, *roster.residents]))
    row.households = list(dict.fromkeys([*row.households, *roster.households]))
    row.left_out = roster.left_out
    session.flush()


def by_id(session: Session, roster_id: str, *, locked: bool) -> Roster | None:
    """One roster; its row locked for whoever goes on to write it."""
    row = session.get(RosterRow, roster_id, with_for_update=locked)
    return None if row is None else _roster(row)


def newest(session: Session, areas: Iterable[str], limit: int) -> list[Roster]:
    """The rosters of these areas, the newest first."""
    rows = session.scalars(
        select(RosterRow)
        .where(or_(false(), *(RosterRow.area_code.between(*bounds(area)) for area in areas)))
        .order_by(RosterRow.taken_at.desc(), RosterRow.id)
        .limit(limit)
    )
    return [_roster(row) for row in rows]


def undo(session: Session, roster_id: str, by: str, now: datetime) -> None:
    """Write down that a roster was taken back."""
    row = session.get_one(RosterRow, roster_id)
    row.undone_at, row.undone_by = now, by
    session.flush()


def _roster(row: RosterRow) -> Roster:
    return Roster(
        row.id,
        row.file_name,
        row.area_code,
        tuple(row.residents),
        tuple(row.households),
        row.left_out,
        row.taken_by,
        row.taken_at,
        row.undone_at,
    )
