"""Pictures named and pictures here, as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.attachments.model import Attachment, Blob, Shown
from backend.attachments.tables import AttachmentRow, BlobRow
from backend.kernel.among import among
from backend.kernel.db import table_of

_NAMED, _HERE = table_of(AttachmentRow), table_of(BlobRow)
_DIALECTS = (("sqlite", sqlite), ("postgresql", postgresql))
_NAME = {name: d.insert(_NAMED).on_conflict_do_nothing() for name, d in _DIALECTS}
_KEEP = {
    name: d.insert(_HERE).on_conflict_do_nothing().returning(_HERE.c.name) for name, d in _DIALECTS
}
_SAME = and_(_HERE.c.device_id == _NAMED.c.device_id, _HERE.c.sha256 == _NAMED.c.sha256)
_MISSING = (
    select(_NAMED.c.submission_version_id, _NAMED.c.sha256)
    .distinct()
    .outerjoin_from(_NAMED, _HERE, _SAME)
    .where(among(_NAMED.c.submission_version_id, "ids"), _HERE.c.sha256.is_(None))
    .order_by(_NAMED.c.sha256)
)


def name(session: Session, attachments: Iterable[Attachment]) -> None:
    """Keep what versions name. The bytes may be here already, or come later."""
    rows = [
        {
            "submission_version_id": one.version_id,
            "sha256": one.sha256,
            "field": one.field,
            "submission_id": one.submission_id,
            "device_id": one.device_id,
            "size": one.size,
            "media_type": one.media_type,
        }
        for one in attachments
    ]
    if rows:
        session.execute(_NAME[session.get_bind().dialect.name], rows)


def keep(session: Session, blob: Blob) -> bool:
    """Keep that a picture is here; False when it was before."""
    found = session.scalars(
        _KEEP[session.get_bind().dialect.name],
        {
            "device_id": blob.device_id,
            "sha256": blob.sha256,
            "name": blob.name,
            "size": blob.size,
            "media_type": blob.media_type,
            "stored_at": blob.stored_at,
        },
    )
    return found.first() is not None


def blob(session: Session, device_id: str, sha256: str) -> Blob | None:
    """A picture that a phone brought."""
    row = session.get(BlobRow, (device_id, sha256))
    return None if row is None else _blob(row)


def brought_since(session: Session, device_id: str, since: datetime) -> int:
    """Bytes of pictures that a phone brought since then."""
    asked = select(func.coalesce(func.sum(_HERE.c.size), 0)).where(
        _HERE.c.device_id == device_id, _HERE.c.stored_at > since
    )
    return int(session.scalar(asked) or 0)


def missing(session: Session, version_ids: Sequence[str]) -> dict[str, list[str]]:
    """Version id -> pictures that it names and that are not here."""
    if not version_ids:
        return {}
    rows = session.execute(_MISSING, {"ids": list(version_ids)})
    found: dict[str, list[str]] = defaultdict(list)
    for version_id, sha256 in rows:
        found[version_id].append(sha256)
    return dict(found)


def of_submissions(session: Session, ids: Iterable[str]) -> dict[str, list[Shown]]:
    """Submission id -> every picture that one of its versions names, each once."""
    rows = session.execute(
        select(_NAMED, _HERE.c.name.label("here"))
        .outerjoin_from(_NAMED, _HERE, _SAME)
        .where(_NAMED.c.submission_id.in_(set(ids)))
        .order_by(_NAMED.c.submission_version_id, _NAMED.c.field, _NAMED.c.sha256)
    )
    found: dict[str, dict[str, Shown]] = defaultdict(dict)
    for row in rows:
        before = found[row.submission_id].get(row.sha256)
        if before is None or (row.here is not None and not before.here):
            found[row.submission_id][row.sha256] = Shown(
                row.field, row.sha256, row.size, row.media_type, row.here is not None
            )
    return {key: list(shown.values()) for key, shown in found.items()}


def blob_of(session: Session, submission_id: str, sha256: str) -> Blob | None:
    """A picture that a submission names, when the phone that named it has brought it."""
    row = session.scalars(
        select(BlobRow)
        .join(_NAMED, _SAME)
        .where(_NAMED.c.submission_id == submission_id, _NAMED.c.sha256 == sha256)
        .limit(1)
    ).first()
    return None if row is None else _blob(row)


def remove_unnamed(session: Session, before: datetime, limit: int) -> list[str]:
    """Forget pictures that came before that instant and that nobody names; their names."""
    unnamed = ~select(_NAMED.c.sha256).where(_SAME).exists()
    rows = session.execute(
        select(_HERE.c.device_id, _HERE.c.sha256, _HERE.c.name)
        .where(_HERE.c.stored_at < before, unnamed)
        .limit(limit)
    ).all()
    for row in rows:
        session.execute(
            delete(_HERE).where(_HERE.c.device_id == row.device_id, _HERE.c.sha256 == row.sha256)
        )
    return [row.name for row in rows]


def known_names(session: Session, names: Sequence[str]) -> set[str]:
    """Which of these files belong to a picture."""
    return set(session.scalars(select(_HERE.c.name).where(_HERE.c.name.in_(names))))


def _blob(row: Any) -> Blob:
    return Blob(row.device_id, row.sha256, row.size, row.media_type, row.name, row.stored_at)
