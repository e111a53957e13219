"""Use cases on residents and households."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.geo.rules import township_of
from backend.kernel.ids import newborn_id
from backend.kernel.vault import Vault
from backend.residents.model import Household, RegisterLine, Resident
from backend.residents.store import people, registers


def by_ids(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Resident]:
    """Residents by id."""
    return people.residents(session, vault, ids)


def called(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, str, date]]:
    """Resident -> name, sex and birth date: for lists, which show nothing that is locked."""
    return registers.called(session, ids)


def households_by_ids(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Household]:
    """Households by id."""
    return people.households(session, vault, ids)


def survivor(session: Session, vault: Vault, resident_id: str) -> Resident | None:
    """The resident, or the one they were merged into."""
    return survivors(session, vault, [resident_id]).get(resident_id)


def survivors(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Resident]:
    """By the id asked for: each resident, or the one they were merged into."""
    asked = set(ids)
    known = people.residents(session, vault, asked)
    while further := {r.merged_into for r in known.values() if r.merged_into} - known.keys():
        found = people.residents(session, vault, further)
        if not found:
            break
        known |= found
    return {key: _last(known, key) for key in asked & known.keys()}


def _last(known: Mapping[str, Resident], key: str) -> Resident:
    seen: set[str] = set()
    while (into := known[key].merged_into) is not None and into in known and into not in seen:
        seen.add(into)
        key = into
    return known[key]


def born_by(session: Session, vault: Vault, submission_id: str) -> list[Resident]:
    """Newborns that a delivery notice brought into the register, in the order of its rows."""
    found = people.born_by(session, vault, submission_id)
    order = {newborn_id(submission_id, index): index for index in range(len(found))}
    return sorted(found, key=lambda child: order.get(child.id, len(order)))


def townships(session: Session) -> list[str]:
    """Codes of the townships where anybody is registered."""
    return sorted({township_of(code) for code in people.village_codes(session)})


def of_township(session: Session, vault: Vault, township_code: str) -> list[Resident]:
    """Everybody of a township who is nobody's duplicate."""
    return people.of_township(session, vault, township_code)


def save(
    session: Session,
    vault: Vault,
    households: Iterable[Household],
    residents: Iterable[Resident],
    now: datetime,
) -> None:
    """Keep households and residents as they are now."""
    people.save_households(session, vault, households, now)
    people.save_residents(session, vault, residents, now)


def members(session: Session, vault: Vault, household_id: str) -> list[Resident]:
    """Living members of a household, oldest first."""
    return people.members(session, vault, household_id)


def search(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    text: str,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Resident]:
    """Residents inside the areas found by name, pinyin, id number or phone."""
    return people.search(session, vault, areas, text.strip(), after, limit)


def with_phone(session: Session, vault: Vault, number: str) -> list[str]:
    """Ids of the residents whose own number this is."""
    return people.with_phone(session, vault, number)


def shared_phones(session: Session, areas: Sequence[str]) -> list[int]:
    """Of each resident inside the areas who has a number: how many other households have it."""
    return people.shared_phones(session, areas)


def households_in(session: Session, vault: Vault, areas: Sequence[str]) -> list[Household]:
    """The registered households inside the areas, by village and number."""
    return people.households_in(session, vault, areas)


def registered_households(session: Session, after: str | None, limit: int) -> list[tuple[str, str]]:
    """(id, village) of the registered households everywhere, page by page."""
    return people.registered_households(session, after, limit)


def active_residents(
    session: Session, after: str | None, limit: int, *, born_after: date | None = None
) -> list[RegisterLine]:
    """The active residents everywhere, or those born after a day, page by page, by id."""
    return people.active_residents(session, after, limit, born_after=born_after)


def born_between(
    session: Session, areas: Sequence[str], born_from: date, born_to: date, limit: int
) -> list[RegisterLine]:
    """Active residents of areas born from one day to another, by village; ``limit`` at most."""
    return people.born_between(session, areas, born_from, born_to, limit)


def untouched(session: Session, ids: Iterable[str], since: datetime) -> set[str]:
    """Those of the residents who are as they were written at that instant."""
    return people.untouched(session, ids, since)


def have_members(session: Session, household_ids: Iterable[str]) -> set[str]:
    """Those of the households that anybody belongs to."""
    return people.have_members(session, household_ids)


def remove(session: Session, household_ids: Iterable[str], resident_ids: Iterable[str]) -> None:
    """Take out of the register what should never have come in; phones forget it."""
    people.remove(session, household_ids, resident_ids)
