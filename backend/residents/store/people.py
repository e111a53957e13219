"""Queries on residents and households. Personal columns pass through the vault here, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.geo.rules import bounds, county_of
from backend.kernel.among import among
from backend.kernel.areas import within
from backend.kernel.db import by_id, rows_by_id, table_of
from backend.kernel.vault import Vault
from backend.residents.model import ACTIVE, Household, RegisterLine, Resident
from backend.residents.rules import search_keys
from backend.residents.tables import HouseholdRow, ResidentRow

ID_NO = "id_no"
PHONE = "phone"
_RESIDENTS = by_id(ResidentRow)
_HOUSEHOLDS = by_id(HouseholdRow)
_PEOPLE = table_of(ResidentRow)
_HOMES = table_of(HouseholdRow)


def _resident(row: Any, vault: Vault) -> Resident:
    return Resident(
        id=row.id,
        village_code=row.village_code,
        household_id=row.household_id,
        relation_to_head=row.relation_to_head,
        name=row.name,
        sex=row.sex,
        birth_date=row.birth_date,
        id_type=row.id_type,
        id_no=vault.unlock(row.id_no_locked),
        phone=vault.unlock(row.phone_locked),
        contact_name=row.contact_name,
        contact_phone=vault.unlock(row.contact_phone_locked),
        mother_id=row.mother_id,
        origin_submission_id=row.origin_submission_id,
        status=row.status,
        status_on=row.status_on,
        merged_into=row.merged_into,
        details=row.details,
        source_submission_id=row.source_submission_id,
    )


def _household(row: Any, vault: Vault) -> Household:
    return Household(
        id=row.id,
        village_code=row.village_code,
        no=row.no,
        address=row.address,
        group_name=row.group_name,
        head_name=row.head_name,
        phone=vault.unlock(row.phone_locked),
        place=None if row.lng is None or row.lat is None else (row.lng, row.lat),
        responsible_worker_id=row.responsible_worker_id,
        status=row.status,
        details=row.details,
        source_submission_id=row.source_submission_id,
    )


def _resident_values(resident: Resident, vault: Vault, now: datetime) -> dict[str, Any]:
    pinyin, initials = search_keys(resident.name)
    return {
        "county_code": county_of(resident.village_code),
        "village_code": resident.village_code,
        "household_id": resident.household_id,
        "relation_to_head": resident.relation_to_head,
        "name": resident.name,
        "pinyin": pinyin,
        "initials": initials,
        "sex": resident.sex,
        "birth_date": resident.birth_date,
        "id_type": resident.id_type,
        "id_no_locked": vault.lock(resident.id_no),
        "id_no_digest": vault.digest(ID_NO, resident.id_no),
        "id_no_tail": resident.id_no[-4:] if resident.id_no else None,
        "phone_locked": vault.lock(resident.phone),
        "phone_digest": vault.digest(PHONE, resident.phone),
        "phone_tail": resident.phone[-4:] if resident.phone else None,
        "contact_name": resident.contact_name,
        "contact_phone_locked": vault.lock(resident.contact_phone),
        "mother_id": resident.mother_id,
        "origin_submission_id": resident.origin_submission_id,
        "status": resident.status,
        "status_on": resident.status_on,
        "merged_into": resident.merged_into,
        "details": dict(resident.details),
        "source_submission_id": resident.source_submission_id,
        "updated_at": now,
    }


def _household_values(household: Household, vault: Vault, now: datetime) -> dict[str, Any]:
    lng, lat = household.place or (None, None)
    return {
        "county_code": county_of(household.village_code),
        "village_code": household.village_code,
        "no": household.no,
        "address": household.address,
        "group_name": household.group_name,
        "head_name": household.head_name,
        "phone_locked": vault.lock(household.phone),
        "phone_digest": vault.digest(PHONE, household.phone),
        "lng": lng,
        "lat": lat,
        "responsible_worker_id": household.responsible_worker_id,
        "status": household.status,
        "details": dict(household.details),
        "source_submission_id": household.source_submission_id,
        "updated_at": now,
    }


def save_residents(
    session: Session, vault: Vault, residents: Iterable[Resident], now: datetime
) -> None:
    """Insert or replace residents and tell the phones of their villages."""
    _save(session, ResidentRow, "resident", residents, _resident_values, vault, now)


def save_households(
    session: Session, vault: Vault, households: Iterable[Household], now: datetime
) -> None:
    """Insert or replace households and tell the phones of their villages."""
    _save(session, HouseholdRow, "household", households, _household_values, vault, now)


def _save(
    session: Session,
    table: Any,
    kind: str,
    nouns: Iterable[Any],
    values_of: Any,
    vault: Vault,
    now: datetime,
) -> None:
    items = list(nouns)
    if not items:
        return
    ids = [item.id for item in items]
    rows = {row.id: row for row in session.scalars(select(table).where(table.id.in_(ids)))}
    gone: list[tuple[str, str, str]] = []
    for item in items:
        values = values_of(item, vault, now)
        row = rows.get(item.id)
        if row is None:
            session.add(table(id=item.id, created_at=now, **values))
            continue
        if row.village_code != item.village_code:
            gone.append((kind, item.id, row.village_code))
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    feed.left(session, gone)
    feed.changed(session, [(kind, item.id, item.village_code) for item in items])


def untouched(session: Session, ids: Iterable[str], since: datetime) -> set[str]:
    """Those of the residents who are as they were written at that instant."""
    columns = _PEOPLE.c
    statement = select(columns.id, columns.updated_at, columns.merged_into)
    rows = session.execute(statement.where(among(columns.id, "ids")), {"ids": list(ids)})
    return {row.id for row in rows if row.updated_at <= since and row.merged_into is None}


def have_members(session: Session, household_ids: Iterable[str]) -> set[str]:
    """Those of the households that anybody belongs to."""
    home = _PEOPLE.c.household_id
    statement = select(home).where(among(home, "ids")).distinct()
    return set(session.scalars(statement, {"ids": list(household_ids)}))


def remove(session: Session, household_ids: Iterable[str], resident_ids: Iterable[str]) -> None:
    """Take out of the register what should never have come in; phones forget it."""
    for table, kind, ids in (
        (_PEOPLE, "resident", list(resident_ids)),
        (_HOMES, "household", list(household_ids)),
    ):
        statement = select(table.c.id, table.c.village_code).where(among(table.c.id, "ids"))
        rows = session.execute(statement, {"ids": ids}).all()
        session.execute(delete(table).where(among(table.c.id, "ids")), {"ids": ids})
        feed.left(session, [(kind, row.id, row.village_code) for row in rows])


def residents(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Resident]:
    """Residents by id."""
    rows = rows_by_id(session, _RESIDENTS, ids)
    return {row.id: _resident(row, vault) for row in rows}


def households(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Household]:
    """Households by id."""
    rows = rows_by_id(session, _HOUSEHOLDS, ids)
    return {row.id: _household(row, vault) for row in rows}


def members(session: Session, vault: Vault, household_id: str) -> list[Resident]:
    """Living members of a household who are nobody's duplicate, oldest first."""
    rows = session.scalars(
        select(ResidentRow)
        .where(
            ResidentRow.household_id == household_id,
            ResidentRow.merged_into.is_(None),
            ResidentRow.status == "1",
        )
        .order_by(ResidentRow.birth_date, ResidentRow.id)
    )
    return [_resident(row, vault) for row in rows]


def village_codes(session: Session) -> list[str]:
    """Codes of the villages where anybody is registered."""
    return list(session.scalars(select(ResidentRow.village_code).distinct()))


def of_township(session: Session, vault: Vault, township_code: str) -> list[Resident]:
    """Everybody of a township who is nobody's duplicate."""
    rows = session.scalars(
        select(ResidentRow)
        .where(
            ResidentRow.village_code.between(*bounds(township_code)),
            ResidentRow.merged_into.is_(None),
        )
        .order_by(ResidentRow.id)
    )
    return [_resident(row, vault) for row in rows]


def born_by(session: Session, vault: Vault, submission_id: str) -> list[Resident]:
    """Newborns that a delivery notice brought into the register."""
    rows = session.scalars(
        select(ResidentRow)
        .where(ResidentRow.origin_submission_id == submission_id)
        .order_by(ResidentRow.id)
    )
    return [_resident(row, vault) for row in rows]


def search(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    text: str,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Resident]:
    """Residents inside the areas whose name, pinyin, id number or phone begins with the text."""
    where: list[Any] = [
        within(ResidentRow.village_code, map(bounds, areas)),
        ResidentRow.merged_into.is_(None),
    ]
    if text:
        low = text.lower()
        where.append(
            or_(
                ResidentRow.name.startswith(text, autoescape=True),
                ResidentRow.initials.startswith(low, autoescape=True),
                ResidentRow.pinyin.startswith(low, autoescape=True),
                ResidentRow.id_no_tail == text.upper(),
                ResidentRow.phone_tail == text,
                ResidentRow.id_no_digest == vault.digest(ID_NO, text.upper()),
                ResidentRow.phone_digest == vault.digest(PHONE, text),
            )
        )
    if after is not None:
        name, last_id = after
        where.append(
            or_(ResidentRow.name > name, and_(ResidentRow.name == name, ResidentRow.id > last_id))
        )
    rows = session.scalars(
        select(ResidentRow).where(*where).order_by(ResidentRow.name, ResidentRow.id).limit(limit)
    )
    return [_resident(row, vault) for row in rows]


def with_phone(session: Session, vault: Vault, number: str) -> list[str]:
    """Ids of the residents whose own number this is."""
    return list(
        session.scalars(
            select(ResidentRow.id).where(
                ResidentRow.phone_digest == vault.digest(PHONE, number),
                ResidentRow.merged_into.is_(None),
            )
        )
    )


def household_ids(session: Session, areas: Sequence[str]) -> list[str]:
    """Ids of the registered households inside the areas."""
    return list(
        session.scalars(
            select(HouseholdRow.id).where(
                within(HouseholdRow.village_code, map(bounds, areas)),
                HouseholdRow.status == "1",
            )
        )
    )


def registered_households(session: Session, after: str | None, limit: int) -> list[tuple[str, str]]:
    """(id, village) of the registered households everywhere, page by page."""
    where: list[Any] = [HouseholdRow.status == "1"]
    if after is not None:
        where.append(HouseholdRow.id > after)
    columns = (HouseholdRow.id, HouseholdRow.village_code)
    rows = session.execute(select(*columns).where(*where).order_by(HouseholdRow.id).limit(limit))
    return [(row.id, row.village_code) for row in rows]


_LINE = select(
    ResidentRow.id,
    ResidentRow.village_code,
    ResidentRow.household_id,
    ResidentRow.birth_date,
    ResidentRow.sex,
    ResidentRow.origin_submission_id,
).where(ResidentRow.status == ACTIVE, ResidentRow.merged_into.is_(None))
"""A line of the register for each active resident; nothing is unlocked for it."""


def active_residents(
    session: Session, after: str | None, limit: int, *, born_after: date | None = None
) -> list[RegisterLine]:
    """The active residents everywhere, page by page, by id.

    :param born_after: only those born later
    """
    lines = _LINE.order_by(ResidentRow.id).limit(limit)
    if after is not None:
        lines = lines.where(ResidentRow.id > after)
    if born_after is not None:
        lines = lines.where(ResidentRow.birth_date > born_after)
    return [RegisterLine(*one) for one in session.execute(lines)]


def born_between(
    session: Session, areas: Sequence[str], born_from: date, born_to: date, limit: int
) -> list[RegisterLine]:
    """Active residents of areas born from one day to another, by village and id."""
    lines = (
        _LINE.where(
            within(ResidentRow.village_code, map(bounds, areas)),
            ResidentRow.birth_date.between(born_from, born_to),
        )
        .order_by(ResidentRow.village_code, ResidentRow.id)
        .limit(limit)
    )
    return [RegisterLine(*one) for one in session.execute(lines)]


def shared_phones(session: Session, areas: Sequence[str]) -> list[int]:
    """Of each resident inside the areas who has a telephone number: how many other households have
    the same. Compared by digest; nothing is unlocked.
    """
    rows = session.execute(
        select(ResidentRow.phone_digest, ResidentRow.household_id, ResidentRow.id).where(
            within(ResidentRow.village_code, map(bounds, areas)),
            ResidentRow.phone_digest.is_not(None),
            ResidentRow.status == ACTIVE,
            ResidentRow.merged_into.is_(None),
        )
    ).all()
    homes: dict[str | None, set[str]] = {}
    for digest, household_id, resident_id in rows:
        homes.setdefault(digest, set()).add(household_id or resident_id)
    return [len(homes[digest]) - 1 for digest, _, _ in rows]


def households_in(session: Session, vault: Vault, areas: Sequence[str]) -> list[Household]:
    """The registered households inside the areas, by village and number."""
    rows = session.scalars(
        select(HouseholdRow)
        .where(
            within(HouseholdRow.village_code, map(bounds, areas)),
            HouseholdRow.status == "1",
        )
        .order_by(HouseholdRow.village_code, HouseholdRow.no)
    )
    return [_household(row, vault) for row in rows]
