"""The change feed that phones follow. Owned by ``feed.store``; see docs/decisions/0003-sync.md."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code


class ChangeRow(Base):
    """The latest change of one object as seen from one area.

    ``(txid, seq)`` is the place in the feed. ``txid`` is the database's transaction number on
    PostgreSQL and 0 on SQLite, where writers stand in one line anyway.
    """

    __tablename__ = "changes"

    kind: Mapped[Code] = mapped_column(primary_key=True)
    object_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    area_code: Mapped[AreaCode] = mapped_column(primary_key=True)
    op: Mapped[Code]  # put, remove
    txid: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "area_code", "txid", "seq"), Index(None, "txid", "seq"))


class ServerStateRow(Base):
    """One fact about this life of the database, such as its ``epoch``."""

    __tablename__ = "server_state"

    key: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[str]
