"""The registers as figures and lists read them: many lines at once, nothing unlocked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.kernel.among import among
from backend.kernel.db import table_of
from backend.residents.tables import HouseholdRow, ResidentRow

_PEOPLE = table_of(ResidentRow).c
_HOMES = table_of(HouseholdRow).c


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What of a resident's row is counted."""

    id: str
    village_code: str
    household_id: str | None
    birth_date: date
    sex: str
    status: str
    status_on: date | None
    merged_into: str | None
    mother_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HomeLine:
    """What of a household's row is counted."""

    id: str
    village_code: str
    status: str
    responsible_worker_id: str | None
    created_at: datetime


_PERSON: Select[Any] = select(
    _PEOPLE.id, _PEOPLE.village_code, _PEOPLE.household_id, _PEOPLE.birth_date, _PEOPLE.sex,
    _PEOPLE.status, _PEOPLE.status_on, _PEOPLE.merged_into, _PEOPLE.mother_id, _PEOPLE.created_at,
)  # fmt: skip
_HOME = select(
    _HOMES.id, _HOMES.village_code, _HOMES.status, _HOMES.responsible_worker_id, _HOMES.created_at
)


_CALLED: Select[Any] = select(_PEOPLE.id, _PEOPLE.name, _PEOPLE.sex, _PEOPLE.birth_date).where(
    among(_PEOPLE.id, "ids")
)


def called(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, str, date]]:
    """Resident -> name, sex and birth date."""
    wanted = list(set(ids))
    rows = session.execute(_CALLED, {"ids": wanted}).all() if wanted else ()
    return {key: (name, sex, born) for key, name, sex, born in rows}


def people(session: Session, ids: Iterable[str]) -> list[PersonLine]:
    """Residents by id, merged ones included."""
    rows = session.execute(_PERSON.where(among(_PEOPLE.id, "ids")), {"ids": list(set(ids))})
    return [PersonLine(*row) for row in rows]


def homes(session: Session, ids: Iterable[str]) -> list[HomeLine]:
    """Households by id."""
    rows = session.execute(_HOME.where(among(_HOMES.id, "ids")), {"ids": list(set(ids))})
    return [HomeLine(*row) for row in rows]


def residents_in(session: Session, village_code: str) -> list[str]:
    """Ids of everybody who is or was registered in a village, merged ones included."""
    found = session.scalars(select(_PEOPLE.id).where(_PEOPLE.village_code == village_code))
    return list(found)


def households_in(session: Session, village_code: str) -> list[str]:
    """Ids of every household that is or was registered in a village."""
    return list(session.scalars(select(_HOMES.id).where(_HOMES.village_code == village_code)))


def households_of(session: Session, village_code: str, worker_id: str) -> list[str]:
    """Ids of the households of a village that a doctor is responsible for."""
    found = select(_HOMES.id).where(
        _HOMES.village_code == village_code, _HOMES.responsible_worker_id == worker_id
    )
    return list(session.scalars(found))


def survivors(session: Session, ids: Iterable[str]) -> set[str]:
    """Into whom any of these were merged."""
    rows = session.scalars(
        select(_PEOPLE.merged_into).where(
            among(_PEOPLE.id, "ids"), _PEOPLE.merged_into.is_not(None)
        ),
        {"ids": list(set(ids))},
    )
    return {one for one in rows if one is not None}


def merged_into(session: Session, ids: Iterable[str]) -> list[tuple[str, str]]:
    """(Loser, survivor) of everybody who was merged into one of these."""
    rows = session.execute(
        select(_PEOPLE.id, _PEOPLE.merged_into).where(among(_PEOPLE.merged_into, "ids")),
        {"ids": list(set(ids))},
    )
    return [(loser, into) for loser, into in rows]


def children_of(session: Session, ids: Iterable[str]) -> set[str]:
    """Whose mother is one of these."""
    found = select(_PEOPLE.id).where(among(_PEOPLE.mother_id, "ids"))
    return set(session.scalars(found, {"ids": list(set(ids))}))


def members_of(session: Session, household_ids: Iterable[str]) -> set[str]:
    """Who lives in one of these households."""
    found = select(_PEOPLE.id).where(among(_PEOPLE.household_id, "ids"))
    return set(session.scalars(found, {"ids": list(set(household_ids))}))


def birth_ranks(session: Session, lines: Iterable[PersonLine]) -> dict[str, int]:
    """Child -> its place among the children of one birth: the same mother, the same day."""
    births = {(line.mother_id, line.birth_date) for line in lines if line.mother_id is not None}
    rows = session.execute(
        select(_PEOPLE.id, _PEOPLE.mother_id, _PEOPLE.birth_date)
        .where(among(_PEOPLE.mother_id, "ids"), _PEOPLE.merged_into.is_(None))
        .order_by(_PEOPLE.id),
        {"ids": list({mother for mother, _ in births})},
    )
    born: dict[tuple[str | None, date], list[str]] = defaultdict(list)
    for child, mother, day in rows:
        born[mother, day].append(child)
    return {child: n for group in born.values() for n, child in enumerate(group, 1)}


def hand_over(
    session: Session, ids: Iterable[str], village_code: str, worker_id: str, now: datetime
) -> None:
    """Make a doctor responsible for households of a village, and tell its phones.

    The caller has taken the households' turns.
    """
    wanted = sorted(set(ids))
    session.execute(
        update(table_of(HouseholdRow))
        .where(among(_HOMES.id, "ids"))
        .values(responsible_worker_id=worker_id, updated_at=now),
        {"ids": wanted},
    )
    feed.changed(session, [("household", one, village_code) for one in wanted])
