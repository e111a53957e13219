"""Who the people of a roster are: new, registered already, or in the file twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.dedup.model import OPEN, SAME, DuplicateCandidate
from backend.dedup.rules.linking import link
from backend.dedup.rules.matching import alike, candidate, registration_of
from backend.residents.model import Household, Resident
from backend.rosters.model import KNOWN, NEW, TWICE, WRONG, Judged, Line


def judge(
    lines: Sequence[Line],
    likely: Mapping[str, Sequence[Resident]],
    homes: Mapping[str, Household],
) -> list[Judged]:
    """Judge every row.

    :param likely: by id of a row's resident: registered residents who share a key with them
    :param homes: households of both by id
    """
    readable = [line for line in lines if line.resident is not None]
    twice = _twice(readable, homes)
    found = []
    for line in lines:
        if line.resident is None:
            found.append(Judged(line, WRONG))
            continue
        others = {one.id: one for one in likely.get(line.resident.id, ())}
        pairs = sorted(
            alike(line.resident, list(others.values()), homes), key=lambda pair: -pair.verdict.score
        )
        named = {
            one: others[one] for p in pairs for one in (p.resident_id, p.other_id) if one in others
        }
        state = TWICE if line.number in twice else NEW
        if pairs and pairs[0].verdict.verdict == SAME:
            state = KNOWN
        found.append(Judged(line, state, tuple(pairs), named, twice.get(line.number)))
    return found


def _twice(lines: Sequence[Line], homes: Mapping[str, Household]) -> dict[int, int]:
    """Later row -> earlier row of the same person."""
    people = [line.resident for line in lines if line.resident is not None]
    linked = link([registration_of(one, homes.get(one.household_id or "")) for one in people])
    return {
        lines[later].number: lines[members[0]].number
        for members in linked.people
        for later in members[1:]
    }


def unsure_in_file(
    lines: Sequence[Line], homes: Mapping[str, Household]
) -> list[DuplicateCandidate]:
    """Pairs among the rows that were taken, for the township to decide."""
    people = [line.resident for line in lines if line.resident is not None]
    linked = link([registration_of(one, homes.get(one.household_id or "")) for one in people])
    return [
        candidate(people[a], people[b], told, OPEN) for (a, b), told in sorted(linked.pairs.items())
    ]
