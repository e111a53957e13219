"""Use cases of identity: keeping residents findable, finding who might be the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.dedup import store
from backend.dedup.model import DIFFERENT, OPEN, DuplicateCandidate
from backend.dedup.rules.blocking import block_keys
from backend.dedup.rules.linking import link
from backend.dedup.rules.matching import candidate, registration_of
from backend.dedup.rules.traits import traits_of
from backend.kernel.vault import Vault
from backend.residents import service as residents
from backend.residents.model import Household, Resident

PURPOSE = "identity"
ASKED_AT_ONCE = 5_000


def _digests(vault: Vault, resident: Resident, home: Household | None) -> list[int]:
    keys = block_keys(traits_of(registration_of(resident, home)))
    return [digest(vault, key) for key in keys]


def digest(vault: Vault, key: str) -> int:
    """A block key as it is stored: 64 bits of its keyed digest."""
    return int((vault.digest(PURPOSE, key) or "0")[:16], 16) - 2**63


def _homes(session: Session, vault: Vault, people: Iterable[Resident]) -> dict[str, Household]:
    wanted = {one.household_id for one in people if one.household_id}
    return residents.households_by_ids(session, vault, wanted)


def index(session: Session, vault: Vault, people: Sequence[Resident]) -> None:
    """Keep residents findable by whoever is registered next."""
    if not people:
        return
    homes = _homes(session, vault, people)
    store.index(
        session,
        {one.id: _digests(vault, one, homes.get(one.household_id or "")) for one in people},
    )


def likely_same(
    session: Session, vault: Vault, resident: Resident
) -> tuple[list[Resident], dict[str, Household]]:
    """Residents who may be the one given, and the households of all."""
    home = _homes(session, vault, [resident])
    digests = _digests(vault, resident, home.get(resident.household_id or ""))
    ids = store.sharing(session, digests) - {resident.id}
    found = residents.by_ids(session, vault, ids)
    everybody = [resident, *found.values()]
    return list(found.values()), _homes(session, vault, everybody)


def likely_among(
    session: Session, vault: Vault, people: Sequence[Resident], homes: Mapping[str, Household]
) -> tuple[dict[str, list[Resident]], dict[str, Household]]:
    """For each of many who are not registered yet: the residents who may be the same.

    :param homes: the households of the many by id
    :returns: residents by the id of the one asked for, and the households of all
    """
    digests = {one.id: _digests(vault, one, homes.get(one.household_id or "")) for one in people}
    wanted = list({digest for mine in digests.values() for digest in mine})
    found: dict[int, list[str]] = {}
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        found |= store.bearers(session, wanted[start : start + ASKED_AT_ONCE])
    ids = {one.id: {o for d in digests[one.id] for o in found.get(d, ())} for one in people}
    known = residents.by_ids(session, vault, {one for mine in ids.values() for one in mine})
    likely = {
        key: [known[one] for one in sorted(mine - {key}) if one in known]
        for key, mine in ids.items()
    }
    return likely, {**_homes(session, vault, known.values()), **homes}


def pairs_among(
    session: Session, vault: Vault, people: Sequence[Resident]
) -> list[DuplicateCandidate]:
    """The pairs among the residents of an area that a person should look at. Only reads."""
    living = [one for one in people if one.merged_into is None]
    homes = _homes(session, vault, living)
    linked = link([registration_of(one, homes.get(one.household_id or "")) for one in living])
    return [
        candidate(living[a], living[b], told, OPEN)
        for (a, b), told in sorted(linked.pairs.items())
        if told.verdict != DIFFERENT
    ]


def not_indexed(session: Session, ids: Iterable[str]) -> set[str]:
    """Those of the residents whom nobody would find: from before there were keys."""
    return store.not_indexed(session, ids)


def save(session: Session, pairs: Iterable[DuplicateCandidate], now: datetime) -> None:
    """Keep new pairs; what a person has decided about a known pair stays decided."""
    store.save(session, pairs, now)


def open_pairs(session: Session, areas: Iterable[str], limit: int) -> list[DuplicateCandidate]:
    """Pairs inside the areas that wait for a decision, most likely first."""
    return store.open_pairs(session, areas, limit)


def forget(session: Session, resident_ids: Iterable[str]) -> None:
    """Residents who left the register are found no longer, and no pair of theirs waits."""
    store.forget(session, resident_ids)
