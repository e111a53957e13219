"""Queries on enrolments and policies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.geo.rules import bounds, county_of, township_of
from backend.kernel.areas import within
from backend.kernel.db import by_id, rows_by_id
from backend.programmes.model import Enrolment, Policy
from backend.programmes.tables import EnrolmentRow, PolicyRow

_ENROLMENTS = by_id(EnrolmentRow, "resident_id", order=("since", "id"))
_POLICIES = by_id(PolicyRow, "area_code")


def _enrolment(row: Any) -> Enrolment:
    return Enrolment(
        id=row.id,
        resident_id=row.resident_id,
        village_code=row.village_code,
        programme=row.programme,
        since=row.since,
        grade=row.grade,
        until=row.until,
        left_reason=row.left_reason,
        source_submission_id=row.source_submission_id,
    )


def save(session: Session, enrolments: Iterable[Enrolment], now: datetime) -> None:
    """Insert or replace enrolments. Phones see them as part of the resident."""
    items = list(enrolments)
    for item in items:
        session.merge(
            EnrolmentRow(
                id=item.id,
                resident_id=item.resident_id,
                village_code=item.village_code,
                programme=item.programme,
                grade=item.grade,
                since=item.since,
                until=item.until,
                left_reason=item.left_reason,
                source_submission_id=item.source_submission_id,
                updated_at=now,
            )
        )
    session.flush()
    feed.changed(session, [("resident", item.resident_id, item.village_code) for item in items])


def of_residents(session: Session, resident_ids: Iterable[str]) -> dict[str, list[Enrolment]]:
    """Every enrolment of these residents, past ones included, oldest first."""
    ids = set(resident_ids)
    found: dict[str, list[Enrolment]] = {resident_id: [] for resident_id in ids}
    for row in rows_by_id(session, _ENROLMENTS, ids):
        found[row.resident_id].append(_enrolment(row))
    return found


def members(session: Session, programme: str, areas: Sequence[str], day: date) -> list[Enrolment]:
    """Who is enrolled on a day inside the areas, by resident."""
    row = EnrolmentRow
    rows = session.scalars(
        select(row)
        .where(
            row.programme == programme,
            within(row.village_code, map(bounds, areas)),
            row.since <= day,
            or_(row.until.is_(None), row.until >= day),
        )
        .order_by(row.resident_id)
    )
    return [_enrolment(found) for found in rows]


def save_policy(session: Session, policy: Policy) -> None:
    """Insert or replace an area's policy."""
    session.merge(
        PolicyRow(
            id=policy.id,
            programme=policy.programme,
            area_code=policy.area_code,
            from_on=policy.from_on,
            to_on=policy.to_on,
            parameters=dict(policy.parameters),
        )
    )


def policies_over(session: Session, area_codes: Iterable[str]) -> list[Policy]:
    """Every policy that concerns the areas: their own, their townships', their counties'."""
    over = {up for code in area_codes for up in (code, township_of(code), county_of(code))}
    return [_policy(row) for row in rows_by_id(session, _POLICIES, over)]


def policies_inside(session: Session, area_codes: Iterable[str]) -> list[Policy]:
    """Every policy of the areas and of what lies inside them."""
    row = PolicyRow
    inside = within(row.area_code, map(bounds, area_codes))
    found = session.scalars(select(row).where(inside).order_by(row.id))
    return [_policy(one) for one in found]


def policies_for(session: Session, programme: str) -> list[Policy]:
    """Every policy of a programme, by id."""
    row = PolicyRow
    found = session.scalars(select(row).where(row.programme == programme).order_by(row.id))
    return [_policy(one) for one in found]


def _policy(r: Any) -> Policy:
    return Policy(r.id, r.programme, r.area_code, r.from_on, r.to_on, r.parameters)


def told_by(session: Session, resident_id: str, submission_ids: Iterable[str]) -> list[str]:
    """Ids of a resident's enrolments that these submissions brought."""
    statement = select(EnrolmentRow.id).where(
        EnrolmentRow.resident_id == resident_id,
        EnrolmentRow.source_submission_id.in_(list(submission_ids)),
    )
    return sorted(session.scalars(statement))


def follow(session: Session, from_id: str, to_id: str, only: Sequence[str] | None) -> list[str]:
    """Take what is known of a resident along to another.

    :param only: these alone; all when nothing is said
    :returns: ids of what went along
    """
    where = [EnrolmentRow.resident_id == from_id]
    if only is not None:
        where.append(EnrolmentRow.id.in_(only))
    found = list(session.scalars(select(EnrolmentRow.id).where(*where)))
    session.execute(update(EnrolmentRow).where(*where).values(resident_id=to_id))
    return sorted(found)
