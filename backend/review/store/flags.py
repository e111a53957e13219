"""Queries on flags and comments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.db import table_of
from backend.kernel.ids import new_id
from backend.review.model import Comment, QualityFlag
from backend.review.tables import CommentRow, QualityFlagRow

_TABLE = table_of(QualityFlagRow)
_RAISE = {
    name: dialect.insert(_TABLE)
    .on_conflict_do_nothing(index_elements=["submission_id", "version_id", "kind"])
    .returning(_TABLE.c.version_id, _TABLE.c.kind)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def raise_flags(
    session: Session, flags: Sequence[tuple[str, str, QualityFlag]], now: datetime
) -> set[tuple[str, str]]:
    """Keep flags: (submission id, version id, flag) of each.

    :returns: (version id, kind) of those that were not there yet
    """
    if not flags:
        return set()
    rows = session.execute(
        _RAISE[session.get_bind().dialect.name],
        [
            {
                "id": new_id(),
                "submission_id": submission_id,
                "version_id": version_id,
                "kind": flag.kind,
                "weight": flag.weight,
                "evidence": dict(flag.evidence),
                "raised_at": now,
            }
            for submission_id, version_id, flag in flags
        ],
    )
    return {(row.version_id, row.kind) for row in rows}


def lower_flags(session: Session, flags: Iterable[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Take flags back: (version id, kind) of each.

    :returns: (submission id, version id, weight) of those that were there
    """
    row = _TABLE.c
    gone: list[tuple[str, str, int]] = []
    for version_id, kind in flags:
        found = session.execute(
            delete(_TABLE)
            .where(row.version_id == version_id, row.kind == kind)
            .returning(row.submission_id, row.version_id, row.weight)
        )
        gone += [(submission, version, weight) for submission, version, weight in found]
    return gone


def flags_of(session: Session, version_ids: Iterable[str]) -> dict[str, list[QualityFlag]]:
    """Version id -> its flags, heaviest first."""
    rows = session.scalars(
        select(QualityFlagRow)
        .where(QualityFlagRow.version_id.in_(set(version_ids)))
        .order_by(QualityFlagRow.weight.desc(), QualityFlagRow.kind)
    )
    found: dict[str, list[QualityFlag]] = defaultdict(list)
    for row in rows:
        found[row.version_id].append(QualityFlag(row.kind, row.weight, row.evidence))
    return found


def add_comment(session: Session, comment: Comment) -> None:
    """Keep a comment."""
    session.add(
        CommentRow(
            id=comment.id,
            submission_id=comment.submission_id,
            worker_id=comment.worker_id,
            kind=comment.kind,
            text=comment.text,
            author_id=comment.author_id,
            at=comment.at,
        )
    )
    session.flush()


def comments_of(session: Session, submission_ids: Iterable[str]) -> dict[str, list[Comment]]:
    """Submission id -> what was said about it, oldest first."""
    rows = session.scalars(
        select(CommentRow)
        .where(CommentRow.submission_id.in_(set(submission_ids)))
        .order_by(CommentRow.at, CommentRow.id)
    )
    found: dict[str, list[Comment]] = defaultdict(list)
    for row in rows:
        found[str(row.submission_id)].append(_comment(row))
    return found


def comments_on_worker(session: Session, worker_id: str) -> list[Comment]:
    """What was said about a worker's signals, oldest first."""
    rows = session.scalars(
        select(CommentRow)
        .where(CommentRow.worker_id == worker_id)
        .order_by(CommentRow.at, CommentRow.id)
    )
    return [_comment(row) for row in rows]


def _comment(row: CommentRow) -> Comment:
    return Comment(
        row.id, row.submission_id, row.worker_id, row.kind, row.text, row.author_id, row.at
    )
