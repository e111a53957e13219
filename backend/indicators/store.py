"""Tallies, sums, and how far the feed was counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.geo.rules import bounds
from backend.indicators.model import Figure, Place, Recount, Sum, Tally
from backend.indicators.rules.adding import Cell, Counts
from backend.indicators.rules.counting import month_bit
from backend.indicators.tables import (
    CountingRow,
    FigureDayRow,
    FigureRow,
    RecountRow,
    TallyRow,
)
from backend.kernel.among import among
from backend.kernel.areas import within
from backend.kernel.db import table_of

_TALLIES = table_of(TallyRow)
_FIGURES = table_of(FigureRow)
_ID = 1
_OF_SUBJECTS = select(_TALLIES).where(
    among(_TALLIES.c.subject_id, "subjects"), among(_TALLIES.c.year, "years")
)
_KEY = ("subject_id", "indicator", "year", "unit_id")
_KEPT = [column.name for column in _TALLIES.columns if column.name != "changed_on"]
_COUNTS = ("due", "met", "official_due", "official_met")


_RECOUNTS = table_of(RecountRow)
_RECOUNTS_OF = select(_RECOUNTS).where(among(_RECOUNTS.c.subject_id, "subjects"))
_UNPLAN = delete(_RECOUNTS).where(among(_RECOUNTS.c.subject_id, "subjects"))


def _tally(row: Any) -> Tally:
    return Tally(
        row.indicator, row.year, row.unit_id, row.subject_kind, row.subject_id,
        row.village_code, row.worker_id, row.due, row.met, row.official_due, row.official_met,
    )  # fmt: skip


def tallies(session: Session, subject_ids: Iterable[str], years: Sequence[int]) -> list[Tally]:
    """Everything stored about these subjects in these years."""
    wanted = {"subjects": list(set(subject_ids)), "years": list(years)}
    return [_tally(row) for row in session.execute(_OF_SUBJECTS, wanted).all()]


def _replacing(dialect: Any) -> Any:
    statement = dialect.insert(_TALLIES)
    kept = {c.name: statement.excluded[c.name] for c in _TALLIES.columns if c.name not in _KEY}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=kept)


def _adding(dialect: Any) -> Any:
    statement = dialect.insert(_FIGURES)
    return statement.on_conflict_do_update(
        index_elements=["year", "month", "village_code", "indicator", "worker_id"],
        set_={name: _FIGURES.c[name] + statement.excluded[name] for name in _COUNTS},
    )


def _planning(dialect: Any) -> Any:
    statement = dialect.insert(_RECOUNTS)
    return statement.on_conflict_do_update(
        index_elements=["subject_id"], set_={"day": statement.excluded.day}
    )


_PLAN = {"sqlite": _planning(sqlite), "postgresql": _planning(postgresql)}
_REPLACE = {"sqlite": _replacing(sqlite), "postgresql": _replacing(postgresql)}
_ADD = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}
_REMOVE = delete(_TALLIES).where(
    and_(*(_TALLIES.c[name] == bindparam(f"at_{name}") for name in _KEY))
)


def put(session: Session, found: Iterable[Tally], today: date) -> None:
    """Insert or replace tallies."""
    rows = [{name: getattr(one, name) for name in _KEPT} | {"changed_on": today} for one in found]
    if rows:
        session.execute(_REPLACE[session.get_bind().dialect.name], rows)


def remove(session: Session, gone: Iterable[Tally]) -> None:
    """Take tallies away."""
    rows = [{f"at_{name}": getattr(one, name) for name in _KEY} for one in gone]
    if rows:
        session.connection().execute(_REMOVE, rows)


def add(session: Session, sums: Mapping[Cell, Counts]) -> None:
    """Add to the sums; negative numbers take away."""
    rows = [
        dict(zip(("year", "month", "village_code", "indicator", "worker_id"), cell, strict=True))
        | dict(zip(_COUNTS, counts, strict=True))
        for cell, counts in sorted(sums.items())
    ]
    if rows:
        session.execute(_ADD[session.get_bind().dialect.name], rows)


def recounts(session: Session, subject_ids: Iterable[str]) -> list[Recount]:
    """On which days these subjects are to be counted again."""
    found = session.execute(_RECOUNTS_OF, {"subjects": list(set(subject_ids))})
    return [Recount(*row) for row in found]


def recounts_due(session: Session, today: date, limit: int) -> list[Recount]:
    """Who is to be counted again by a day, the longest due first."""
    row = _RECOUNTS.c
    found = session.execute(
        select(_RECOUNTS).where(row.day <= today).order_by(row.day, row.subject_id).limit(limit)
    )
    return [Recount(*each) for each in found]


def plan(session: Session, found: Iterable[Recount]) -> None:
    """Have subjects counted again on a day, in place of the one they had."""
    rows = [{column.name: getattr(one, column.name) for column in _RECOUNTS.c} for one in found]
    if rows:
        session.execute(_PLAN[session.get_bind().dialect.name], rows)


def unplan(session: Session, subject_ids: Iterable[str]) -> None:
    """Have these subjects counted again only when something is recorded."""
    gone = list(subject_ids)
    if gone:
        session.execute(_UNPLAN, {"subjects": gone})


def _inside(column: Any, areas: Sequence[str]) -> ColumnElement[bool]:
    return within(column, map(bounds, areas))


def figures(
    session: Session,
    areas: Sequence[str],
    year: int,
    months: Sequence[int],
    indicator: str | None = None,
) -> list[Figure]:
    """The sums of villages inside the areas, by village, indicator and doctor."""
    row = _FIGURES.c
    where = [row.year == year, row.month.in_(months), _inside(row.village_code, areas)]
    if indicator is not None:
        where.append(row.indicator == indicator)
    found = session.execute(
        select(
            row.indicator, row.month, row.village_code, row.worker_id,
            row.met, row.due, row.official_met, row.official_due,
        ).where(*where, or_(row.due != 0, row.official_due != 0))
    )  # fmt: skip
    return [
        Figure(key, month, village, worker or None, Sum(met, due), Sum(ok_met, ok_due))
        for key, month, village, worker, met, due, ok_met, ok_due in found
    ]


def monthly(
    session: Session, areas: Sequence[str], year: int, *, official: bool
) -> dict[tuple[str, int], Sum]:
    """(Indicator, month) -> the areas' sum, for a whole year."""
    row = _FIGURES.c
    met, due = (row.official_met, row.official_due) if official else (row.met, row.due)
    found = session.execute(
        select(row.indicator, row.month, func.sum(met), func.sum(due))
        .where(row.year == year, _inside(row.village_code, areas))
        .group_by(row.indicator, row.month)
    )
    return {(key, month): Sum(int(m), int(d)) for key, month, m, d in found if d}


@dataclass(frozen=True)
class Behind:
    """Whom a figure counts.

    :param part: ``met``, or ``unmet``: in the denominator and not in the numerator
    """

    indicator: str
    year: int
    month: int
    areas: Sequence[str]
    part: str
    official: bool = False
    worker_id: str | None = None


def behind(
    session: Session, wanted: Behind, after: tuple[str, str] | None, limit: int
) -> list[Tally]:
    """The counted things behind a figure, by subject."""
    row = TallyRow
    bit = month_bit(wanted.month)
    due, met = (row.official_due, row.official_met) if wanted.official else (row.due, row.met)
    where: list[Any] = [
        row.indicator == wanted.indicator,
        row.year == wanted.year,
        _inside(row.village_code, wanted.areas),
        due.op("&")(bit) != 0,
        (met.op("&")(bit) != 0) if wanted.part == "met" else (met.op("&")(bit) == 0),
    ]
    if wanted.worker_id is not None:
        where.append(row.worker_id == wanted.worker_id)
    if after is not None:
        place = tuple_(literal(after[0], row.subject_id.type), literal(after[1], row.unit_id.type))
        where.append(tuple_(row.subject_id, row.unit_id) > place)
    found = session.scalars(
        select(row).where(*where).order_by(row.subject_id, row.unit_id).limit(limit)
    )
    return [_tally(one) for one in found]


def place(session: Session) -> Place | None:
    """How far was counted; nothing before the first counting."""
    row = session.get(CountingRow, _ID, populate_existing=True)
    return (
        None if row is None else Place(row.txid, row.seq, row.counted_on, row.turn, row.definition)
    )


def begin(session: Session, txid: int, seq: int) -> None:
    """Note from which place of the feed on changes are followed."""
    session.execute(
        insert(table_of(CountingRow)).values(id=_ID, txid=txid, seq=seq, counted_on=None, turn=0)
    )


def take_turn(session: Session, seen: Place, **values: Any) -> bool:
    """Move on from what was seen; false when somebody else has counted meanwhile."""
    done = session.execute(
        update(CountingRow)
        .where(CountingRow.id == _ID, CountingRow.turn == seen.turn)
        .values(turn=seen.turn + 1, **values)
        .returning(CountingRow.id)
    )
    return done.first() is not None


def keep_day(session: Session, day: date, since: date) -> None:
    """Keep what the sums of a day's month are, and forget days before ``since``."""
    row = _FIGURES.c
    kept = table_of(FigureDayRow)
    session.execute(delete(kept).where(or_(kept.c.day < since, kept.c.day == day)))
    session.execute(
        insert(kept).from_select(
            ["day", "village_code", "indicator", "due", "met"],
            select(
                literal(day, kept.c.day.type), row.village_code, row.indicator,
                func.sum(row.due), func.sum(row.met),
            )
            .where(row.year == day.year, row.month == day.month)
            .group_by(row.village_code, row.indicator),
        )
    )  # fmt: skip


def of_day(session: Session, areas: Sequence[str], before: date) -> tuple[date | None, Any]:
    """The last kept day before a day, and (village, indicator) -> its sum then."""
    kept = table_of(FigureDayRow).c
    day = session.scalar(select(func.max(kept.day)).where(kept.day < before))
    if day is None:
        return None, {}
    rows = session.execute(
        select(kept.village_code, kept.indicator, kept.met, kept.due).where(
            kept.day == day, _inside(kept.village_code, areas)
        )
    )
    return day, {(village, key): Sum(met, due) for village, key, met, due in rows}


def every_sum(session: Session, year: int) -> dict[Cell, Counts]:
    """All sums of a year that are not nothing, for comparing with a counting from nothing."""
    rows = session.execute(select(_FIGURES).where(_FIGURES.c.year == year))
    return {
        (r.year, r.month, r.village_code, r.indicator, r.worker_id): (
            r.due, r.met, r.official_due, r.official_met,
        )
        for r in rows
        if r.due or r.met or r.official_due or r.official_met
    }  # fmt: skip


def forget_place(session: Session) -> None:
    """The next counting is the first again: it counts everybody."""
    session.execute(delete(CountingRow))
