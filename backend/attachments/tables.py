"""Pictures that submissions name, and those that are here. Owned by ``attachments.store``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import Base, Code, Id, Sha256


class AttachmentRow(Base):
    """A photo or signature that a version of a submission names."""

    __tablename__ = "attachments"

    submission_version_id: Mapped[Id] = mapped_column(primary_key=True)
    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[Id] = mapped_column(index=True)
    device_id: Mapped[Id]
    size: Mapped[int]
    media_type: Mapped[Code]

    __table_args__ = (Index(None, "device_id", "sha256"),)


class BlobRow(Base):
    """A picture that a phone brought; its bytes are kept encrypted under ``name``.

    One row a phone and picture, so that nobody learns from our answers what another phone brought.
    """

    __tablename__ = "blobs"

    device_id: Mapped[Id] = mapped_column(primary_key=True)
    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    media_type: Mapped[Code]
    stored_at: Mapped[datetime] = mapped_column(index=True)
