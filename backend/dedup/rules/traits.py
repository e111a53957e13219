"""A registration made ready for comparing: read once, compared often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from backend.dedup.model import Registration
from backend.dedup.rules.births import compare_births
from backend.dedup.rules.homes import read_address, read_street
from backend.dedup.rules.names import Name, read_name
from backend.kernel.identity_numbers import (
    id_no_birth,
    normalise_id_no,
    normalise_phone,
)

_KEPT = re.compile(r"[^0-9X]")
_OWN_ERRORS = frozenset(
    {"equal", "equal_0101", "lunar", "swapped", "year", "0101", "digit", "days"}
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What two registrations are compared by.

    :param id_no: 18 characters as far as possible; an old number has its century put in
    :param id_birth: the birth date in the number, when its check character holds
    :param id_is_sound: form, province, day and check character hold, and it was written in full
    :param street: the words of an address in Latin letters
    :param id_is_own: it fits sex and birth date of its holder; a number that does not may be
        somebody else's (the mother's, the husband's)
    """

    id: str
    name: Name
    typed_name: str
    sex: str
    birth: date | None
    id_no: str
    id_birth: date | None
    id_is_sound: bool
    id_is_own: bool
    phone: str
    village: str
    group: int | None
    door: int | None
    street: tuple[str, ...]
    household: str
    place: tuple[float, float] | None


def traits_of(person: Registration) -> Traits:
    """Read a registration."""
    number = _KEPT.sub("", normalise_id_no(person.id_no.replace("*", "X"))) if person.id_no else ""
    id_birth = id_no_birth(number) if len(number) == 18 else None
    is_sound = id_birth is not None and len(_KEPT.sub("", person.id_no.upper())) != 15
    group, door = read_address(person.address) if person.address else (None, None)
    return Traits(
        id=person.id,
        name=read_name(person.name),
        typed_name=person.name,
        sex=person.sex if person.sex in {"1", "2"} else "",
        birth=person.birth_date,
        id_no=number,
        id_birth=id_birth,
        id_is_sound=is_sound,
        id_is_own=_is_own(number, id_birth, person),
        phone=normalise_phone(person.phone) if person.phone else "",
        village=person.village_code,
        group=group,
        door=door,
        street=read_street(person.address) if group is None else (),
        household=person.household,
        place=person.place,
    )


def _is_own(number: str, id_birth: date | None, person: Registration) -> bool:
    if id_birth is None:
        return True
    if person.sex in {"1", "2"} and int(number[16]) % 2 != int(person.sex) % 2:
        return False
    if person.birth_date is None:
        return True
    return compare_births(id_birth, person.birth_date) in _OWN_ERRORS
