"""Published forms and rule documents, immutable. Owned by ``forms.store``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import Base, Code, Sha256


class FormVersionRow(Base):
    """One published version of a form, accepted for ever."""

    __tablename__ = "form_versions"

    key: Mapped[Code] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    bundle: Mapped[dict[str, Any]]
    sha256: Mapped[Sha256]
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # no longer offered; still accepted


class RuleVersionRow(Base):
    """One published version of a programme's rules or of a vaccine edition."""

    __tablename__ = "rule_versions"

    kind: Mapped[Code] = mapped_column(primary_key=True)  # programme, immunization
    key: Mapped[Code] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    effective_from: Mapped[date]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[Sha256]
    published_at: Mapped[datetime]
