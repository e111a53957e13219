"""Finding a newcomer among the residents who might be the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.dedup.model import (
    DIFFERENT,
    MERGED,
    OPEN,
    SAME,
    DuplicateCandidate,
    Registration,
    Verdict,
)
from backend.dedup.rules.clusters import contradicts
from backend.dedup.rules.scoring import compare
from backend.dedup.rules.traits import Traits, traits_of
from backend.geo.rules import township_of
from backend.kernel.ids import derived_id
from backend.residents.model import Household, Resident


def registration_of(resident: Resident, home: Household | None) -> Registration:
    """What a resident is compared by.

    :param home: their household; group and door are read from its address
    """
    address = "" if home is None else f"{home.group_name or ''} {home.address}"
    return Registration(
        id=resident.id,
        name=resident.name,
        sex=resident.sex,
        birth_date=resident.birth_date,
        id_no=resident.id_no or "",
        phone=resident.phone or resident.contact_phone or (home.phone if home else None) or "",
        address=address,
        village_code=resident.village_code,
        household=resident.household_id or "",
        place=None if home is None else home.place,
    )


def match(
    newcomer: Resident,
    others: Sequence[Resident],
    homes: Mapping[str, Household] | None = None,
) -> tuple[str | None, tuple[DuplicateCandidate, ...]]:
    """Find the newcomer among those who might be the same.

    The machine is sure only of one: when two residents who are not merged both look the same, or
    one of them contradicts, a person decides.

    :param others: those who share a key with the newcomer, merged ones included
    :param homes: households by id
    :returns: id of the survivor when the machine is sure, and every pair worth keeping
    """
    known = homes or {}
    ours = _traits(newcomer, known)
    judged = [(other, compare(ours, _traits(other, known))) for other in others]
    judged = [(other, told) for other, told in judged if told.verdict != DIFFERENT]
    survivors = {
        other.merged_into or other.id for other, told in judged if _is_sure(newcomer, other, told)
    }
    survivor = survivors.pop() if len(survivors) == 1 else None
    pairs = []
    for other, told in sorted(judged, key=lambda one: (-one[1].bits, one[0].id)):
        leads_there = survivor is not None and survivor == (other.merged_into or other.id)
        state = MERGED if leads_there and _is_sure(newcomer, other, told) else OPEN
        if state == OPEN and (leads_there or other.merged_into is not None):
            continue  # decided with the survivor
        pairs.append(candidate(newcomer, other, told, state))
    return survivor, tuple(pairs)


def alike(
    resident: Resident, others: Sequence[Resident], homes: Mapping[str, Household]
) -> tuple[DuplicateCandidate, ...]:
    """Pairs of a known resident with those who might be the same: a person decides each."""
    ours = _traits(resident, homes)
    judged = [
        (other, compare(ours, _traits(other, homes)))
        for other in others
        if other.merged_into is None and other.id != resident.id
    ]
    return tuple(
        candidate(resident, other, told, OPEN)
        for other, told in judged
        if told.verdict != DIFFERENT
    )


def _is_sure(newcomer: Resident, other: Resident, told: Verdict) -> bool:
    """Called the same, and nothing about it that only a person can weigh: two ids that are both
    there and not equal, a name that another child of the house may bear.
    """
    levels = told.explanation
    return (
        told.verdict == SAME
        and not contradicts(told)
        and newcomer.id != other.id
        and levels["name"] in _SURE_NAMES
        and levels["birth_date"] in _SURE_BIRTHS
        and levels["id_no"] == "equal"
    )


_SURE_NAMES = frozenset({"exact", "exact_short", "sound", "sound_short"})
_SURE_BIRTHS = frozenset({"equal", "by_id_no", "lunar", "0101", "swapped"})


def _traits(resident: Resident, homes: Mapping[str, Household]) -> Traits:
    return traits_of(registration_of(resident, homes.get(resident.household_id or "")))


def candidate(a: Resident, b: Resident, told: Verdict, state: str) -> DuplicateCandidate:
    """A pair to keep."""
    first, second = sorted((a.id, b.id))
    return DuplicateCandidate(
        id=derived_id(first, "pair", second),
        resident_id=first,
        other_id=second,
        township_code=township_of(a.village_code),
        verdict=told,
        state=state,
    )
