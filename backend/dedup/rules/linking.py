"""Comparing many registrations with one another, or those of two files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from backend.dedup.model import DIFFERENT, Registration, Verdict
from backend.dedup.rules.blocking import block_keys
from backend.dedup.rules.clusters import Pair, settle
from backend.dedup.rules.scoring import compare, compare_unless_hopeless
from backend.dedup.rules.traits import Traits, traits_of

CROWD = 200
"""A key that more registrations share tells nobody apart: a clinic's telephone."""


@dataclass(frozen=True)
class Linked:
    """What a comparison of many came to.

    :param pairs: those that are the same or unsure, by position
    :param people: groups of two and more registrations of one person
    :param compared: pairs that were compared
    """

    pairs: dict[Pair, Verdict]
    people: list[list[int]]
    compared: int


def candidates(people: Sequence[Traits], first_of_second: int | None = None) -> set[Pair]:
    """Pairs worth comparing.

    :param first_of_second: where the second file begins; then only pairs across are given
    """
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(people):
        for key in block_keys(person):
            blocks[key].append(index)
    pairs: set[Pair] = set()
    for members in blocks.values():
        if 1 < len(members) <= CROWD:
            pairs.update(combinations(members, 2))
    if first_of_second is None:
        return pairs
    return {(a, b) for a, b in pairs if a < first_of_second <= b}


def link(registrations: Sequence[Registration], first_of_second: int | None = None) -> Linked:
    """Find out who is one person with whom."""
    people = [traits_of(one) for one in registrations]
    pairs = candidates(people, first_of_second)
    told = []
    for pair in pairs:
        verdict = compare_unless_hopeless(people[pair[0]], people[pair[1]])
        if verdict is not None and verdict.verdict != DIFFERENT:
            told.append((pair, verdict))
    found, groups = settle(told, lambda a, b: compare(people[a], people[b]))
    return Linked(found, groups, len(pairs))
