"""Visits with what the phone took beside the answers: for credibility and for the map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.submissions.model import STANDING, Doubt, Submission, WrittenVisit
from backend.submissions.store.submissions import submission_of
from backend.submissions.tables import SubmissionRow, SubmissionVersionRow

_S, _V = SubmissionRow, SubmissionVersionRow


_WRITTEN = select(_S, _V.fix, _V.geotag, _V.seconds).join(
    _V, and_(_V.id == _S.version_id, _V.submission_id == _S.id)
)


def _visit(row: Any) -> WrittenVisit:
    submission, fix, geotag, seconds = row
    return WrittenVisit(submission_of(submission), fix, geotag, seconds)


def of_worker(session: Session, worker_id: str, since: date) -> list[WrittenVisit]:
    """The standing visits of a worker since a day, by day of visit."""
    rows = session.execute(
        _WRITTEN.where(
            _S.worker_id == worker_id, _S.visit_date >= since, _S.state.in_(STANDING)
        ).order_by(_S.visit_date, _S.finalised_at)
    )
    return [_visit(row) for row in rows]


def mark_of_worker(session: Session, worker_id: str, since: date) -> str:
    """A text that is another one whenever :func:`of_worker` may answer differently."""
    told = session.execute(
        select(func.count(), func.sum(_S.version_no), func.max(_S.received_at)).where(
            _S.worker_id == worker_id, _S.visit_date >= since, _S.state.in_(STANDING)
        )
    ).one()
    return ".".join(str(each) for each in told)


def on_map(
    session: Session,
    areas: Sequence[str],
    days: tuple[date, date],
    worker_id: str | None,
    limit: int,
) -> list[WrittenVisit]:
    """Visits of some days inside the areas, in the order in which they were written."""
    where = [
        within(_S.village_code, map(bounds, areas)),
        _S.visit_date.between(*days),
        _S.state.in_(STANDING),
    ]
    if worker_id is not None:
        where.append(_S.worker_id == worker_id)
    rows = session.execute(_WRITTEN.where(*where).order_by(_S.finalised_at, _S.id).limit(limit))
    return [_visit(row) for row in rows]


def visited_since(session: Session, areas: Sequence[str], since: date) -> set[str]:
    """Households inside the areas where somebody was seen since a day."""
    rows = session.scalars(
        select(_S.household_id)
        .where(
            within(_S.village_code, map(bounds, areas)),
            _S.visit_date >= since,
            _S.state.in_(STANDING),
            _S.household_id.is_not(None),
        )
        .distinct()
    )
    return {str(one) for one in rows}


def unflagged(
    session: Session, areas: Sequence[str], before: datetime, limit: int
) -> list[Submission]:
    """Submissions inside the areas that wait since before an instant and have no flag, the oldest
    first.
    """
    rows = session.scalars(
        select(_S)
        .where(
            within(_S.village_code, map(bounds, areas)),
            _S.state.in_(("received", "corrected")),
            _S.received_at < before,
            _S.flag_count == 0,
        )
        .order_by(_S.received_at, _S.id)
        .limit(limit)
    )
    return [submission_of(row) for row in rows]


def newest_of_subjects(
    session: Session, service: str, areas: Sequence[str], days: tuple[date, date]
) -> dict[str, Submission]:
    """Resident -> their newest standing visit of a service inside the areas and days."""
    rows = session.scalars(
        select(_S)
        .where(
            within(_S.village_code, map(bounds, areas)),
            _S.service == service,
            _S.subject_kind == "resident",
            _S.visit_date.between(*days),
            _S.state.in_(STANDING),
        )
        .order_by(_S.visit_date, _S.finalised_at)
    )
    return {row.subject_id: submission_of(row) for row in rows}


def add_doubts(session: Session, doubts: Iterable[Doubt]) -> None:
    """Count flags that were raised after intake, and tell the phones. A newer version than the one
    in doubt is left alone.
    """
    told = []
    for one in doubts:
        changed = session.execute(
            update(_S)
            .where(_S.id == one.submission_id, _S.version_id == one.version_id)
            .values(flag_count=_S.flag_count + one.flags, priority=_S.priority + one.weight)
            .returning(_S.village_code)
        ).scalar()
        if changed is not None:
            told.append(("submission", one.submission_id, changed))
    feed.changed(session, told)
