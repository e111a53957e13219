"""Who is counted where, and the sums. Owned by ``indicators.store``."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id, Sha256


class TallyRow(Base):
    """Where one counted thing stands in one indicator's year; bit m - 1 is the end of month m."""

    __tablename__ = "tallies"

    subject_id: Mapped[Id] = mapped_column(primary_key=True)
    indicator: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[Id] = mapped_column(primary_key=True)  # the task, or the subject itself
    subject_kind: Mapped[Code]
    village_code: Mapped[AreaCode]
    worker_id: Mapped[Id | None]
    due: Mapped[int]
    met: Mapped[int]
    official_due: Mapped[int]
    official_met: Mapped[int]
    changed_on: Mapped[date]

    __table_args__ = (Index(None, "indicator", "year", "village_code"),)


class FigureRow(Base):
    """The sums of one indicator in one village, for one doctor, at the end of one month."""

    __tablename__ = "figures"

    year: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    village_code: Mapped[AreaCode] = mapped_column(primary_key=True)
    indicator: Mapped[Code] = mapped_column(primary_key=True)
    worker_id: Mapped[str] = mapped_column(String(36), primary_key=True)  # '' for nobody
    due: Mapped[int]
    met: Mapped[int]
    official_due: Mapped[int]
    official_met: Mapped[int]

    __table_args__ = (Index(None, "year", "indicator", "village_code"),)


class FigureDayRow(Base):
    """What the running month's sums of a village were at the end of a day."""

    __tablename__ = "figure_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    village_code: Mapped[AreaCode] = mapped_column(primary_key=True)
    indicator: Mapped[Code] = mapped_column(primary_key=True)
    due: Mapped[int]
    met: Mapped[int]


class RecountRow(Base):
    """Who is to be counted again on a later day of this month, though no record may come."""

    __tablename__ = "recounts"

    subject_id: Mapped[Id] = mapped_column(primary_key=True)
    subject_kind: Mapped[Code]
    day: Mapped[date]

    __table_args__ = (Index(None, "day", "subject_id"),)


class CountingRow(Base):
    """How far the change feed has been counted. One row, ``id`` is 1."""

    __tablename__ = "countings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    txid: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    counted_on: Mapped[date | None]
    definition: Mapped[Sha256 | None]  # by what everybody was counted
    turn: Mapped[int]
