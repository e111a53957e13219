"""Addresses from which a spreadsheet refreshes. Owned by ``exports.store``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import AreaCode, Base, Code, Id, Sha256


class CsvLinkRow(Base):
    """A read-only address of one form's records; only the digest of its token is known here."""

    __tablename__ = "csv_links"

    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[Id] = mapped_column(index=True)
    form_key: Mapped[Code]
    area_code: Mapped[AreaCode]
    days: Mapped[int]
    names: Mapped[bool]
    reason: Mapped[str]
    token_sha256: Mapped[Sha256]
    made_at: Mapped[datetime]
    expires_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    window_started_at: Mapped[datetime]
    used_in_window: Mapped[int]
