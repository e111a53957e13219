"""Queries on clinic days, waiting doses and reactions. What families wrote is locked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.clinic.model import OPEN, ChildDoses, ClinicDay, Expected, Reaction
from backend.clinic.tables import ClinicDayRow, ReactionRow, WaitingDoseRow
from backend.geo.rules import bounds
from backend.kernel.areas import within
from backend.kernel.db import is_postgresql
from backend.kernel.vault import Vault

# ── clinic days ──────────────────────────────────────────────────────────────────────────────────


def add_days(session: Session, days: Iterable[ClinicDay], made_by: str, now: datetime) -> None:
    """Keep clinic days; one of an area on the same day is written anew."""
    insert = (postgresql if is_postgresql(session) else sqlite).insert(ClinicDayRow)
    for day in days:
        values = {**vars(day), "made_by": made_by, "made_at": now}
        changed = {key: values[key] for key in ("starts", "ends", "place", "made_by", "made_at")}
        session.execute(
            insert.values(values).on_conflict_do_update(
                index_elements=["area_code", "on"], set_=changed
            )
        )


def days(
    session: Session, area_codes: Iterable[str], from_on: date, to_on: date
) -> list[ClinicDay]:
    """Clinic days of exactly these areas in a time, the earliest first."""
    rows = session.scalars(
        select(ClinicDayRow)
        .where(
            ClinicDayRow.area_code.in_(set(area_codes)),
            ClinicDayRow.on.between(from_on, to_on),
        )
        .order_by(ClinicDayRow.on, ClinicDayRow.area_code)
    )
    return [_day(row) for row in rows]


def day(session: Session, day_id: str) -> ClinicDay | None:
    """One clinic day."""
    row = session.get(ClinicDayRow, day_id)
    return None if row is None else _day(row)


def remove_day(session: Session, day_id: str) -> None:
    """Take a clinic day back."""
    session.execute(delete(ClinicDayRow).where(ClinicDayRow.id == day_id))


def _day(row: ClinicDayRow) -> ClinicDay:
    return ClinicDay(row.id, row.area_code, row.on, row.starts, row.ends, row.place)


# ── doses waited for ─────────────────────────────────────────────────────────────────────────────


def replace_waiting(session: Session, children: Sequence[ChildDoses], planned_on: date) -> None:
    """Write what these children wait for, in place of what was known of them."""
    ids = [child.child_id for child in children]
    session.execute(delete(WaitingDoseRow).where(WaitingDoseRow.child_id.in_(ids)))
    rows = [
        {
            "child_id": child.child_id,
            "dose_id": dose.dose_id,
            "village_code": child.village_code,
            "vaccine": dose.vaccine,
            "due": dose.due,
            "late_after": dose.late_after,
            "planned_on": planned_on,
        }
        for child in children
        for dose in child.waiting
        if dose.is_next
    ]
    if rows:
        insert = (postgresql if is_postgresql(session) else sqlite).insert(WaitingDoseRow)
        session.execute(insert.on_conflict_do_nothing(), rows)


def forget_waiting(session: Session, planned_before: date) -> None:
    """Forget rows of those who were not planned any more: grown up, moved away, died, merged."""
    session.execute(delete(WaitingDoseRow).where(WaitingDoseRow.planned_on < planned_before))


def oldest_plan(session: Session) -> date | None:
    """The day of the oldest row; nothing without any."""
    return session.scalar(select(func.min(WaitingDoseRow.planned_on)))


def expected(
    session: Session, areas: Sequence[str], until: date, today: date
) -> tuple[list[Expected], dict[str, int], date | None]:
    """Doses by village and vaccine that are due until a day; children by village; as of when."""
    row = WaitingDoseRow
    where = (_inside(row.village_code, areas), row.due <= until)
    late = func.count().filter(row.late_after < today)
    counted = session.execute(
        select(row.village_code, row.vaccine, func.count(), late)
        .where(*where)
        .group_by(row.village_code, row.vaccine)
        .order_by(row.village_code, row.vaccine)
    )
    found = [Expected(*one) for one in counted]
    children = session.execute(
        select(row.village_code, func.count(row.child_id.distinct()))
        .where(*where)
        .group_by(row.village_code)
    )
    as_of = session.scalar(select(func.min(row.planned_on)).where(_inside(row.village_code, areas)))
    return found, {village: number for village, number in children}, as_of


def _inside(column: Any, areas: Sequence[str]) -> Any:
    return within(column, map(bounds, areas))


# ── reactions ────────────────────────────────────────────────────────────────────────────────────


def add_reaction(session: Session, vault: Vault, told: Reaction) -> None:
    """Keep a report. The same again, as after a lost answer, changes nothing."""
    insert = (postgresql if is_postgresql(session) else sqlite).insert(ReactionRow)
    session.execute(
        insert.values(
            id=told.id,
            child_id=told.child_id,
            link_id=told.link_id,
            village_code=told.village_code,
            reported_at=told.reported_at,
            onset_on=told.onset_on,
            vaccinated_on=told.vaccinated_on,
            signs=list(told.signs),
            note_locked=vault.lock(told.note),
            phone_locked=vault.lock(told.phone),
            urgent=told.urgent,
            state=told.state,
        ).on_conflict_do_nothing()
    )


def reaction(session: Session, vault: Vault, reaction_id: str) -> Reaction | None:
    """One report."""
    row = session.get(ReactionRow, reaction_id)
    return None if row is None else _reaction(row, vault)


def reactions_of_link(session: Session, vault: Vault, link_id: str) -> list[Reaction]:
    """What came by a caregiver's link, newest first, the last ten."""
    return _reactions(session, vault, [ReactionRow.link_id == link_id], 10)


def count_since(session: Session, link_id: str, since: datetime) -> int:
    """How many reports a link has sent since an instant."""
    row = ReactionRow
    found = select(func.count()).where(row.link_id == link_id, row.reported_at >= since)
    return session.scalar(found) or 0


def reactions(
    session: Session, vault: Vault, areas: Sequence[str], state: str, limit: int
) -> list[Reaction]:
    """Reports of areas: what cannot wait first, then the newest."""
    where = [_inside(ReactionRow.village_code, areas), ReactionRow.state == state]
    return _reactions(session, vault, where, limit)


def count_open(session: Session, areas: Sequence[str]) -> tuple[int, int]:
    """How many reports of areas nobody has answered, and how many of them cannot wait."""
    row = ReactionRow
    counted = session.execute(
        select(func.count(), func.count().filter(row.urgent)).where(
            _inside(row.village_code, areas), row.state == OPEN
        )
    ).one()
    return counted[0], counted[1]


def _reactions(session: Session, vault: Vault, where: list[Any], limit: int) -> list[Reaction]:
    rows = session.scalars(
        select(ReactionRow)
        .where(*where)
        .order_by(ReactionRow.urgent.desc(), ReactionRow.reported_at.desc(), ReactionRow.id)
        .limit(limit)
    )
    return [_reaction(row, vault) for row in rows]


def answer(session: Session, vault: Vault, answered: Reaction) -> bool:
    """Write the clinic's answer; false when somebody was quicker."""
    done = session.execute(
        update(ReactionRow)
        .where(ReactionRow.id == answered.id, ReactionRow.state == OPEN)
        .values(
            state=answered.state,
            answered_by=answered.answered_by,
            answered_at=answered.answered_at,
            answer_locked=vault.lock(answered.answer),
            action=answered.action,
        )
        .returning(ReactionRow.id)
    )
    return done.first() is not None


def _reaction(row: ReactionRow, vault: Vault) -> Reaction:
    return Reaction(
        id=row.id,
        child_id=row.child_id,
        link_id=row.link_id,
        village_code=row.village_code,
        reported_at=row.reported_at,
        onset_on=row.onset_on,
        vaccinated_on=row.vaccinated_on,
        signs=tuple(row.signs),
        note=vault.unlock(row.note_locked),
        phone=vault.unlock(row.phone_locked),
        urgent=row.urgent,
        state=row.state,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        answer=vault.unlock(row.answer_locked),
        action=row.action,
    )
