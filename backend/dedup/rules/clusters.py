"""From pairs to people: who is one person with whom, when pairs are looked at together.

Two registrations that look the same may each be the same as a third that contradicts the other: a
twin without an id number between both twins. So pairs are joined from the surest on, and two groups
are joined only when nobody in one contradicts anybody in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from backend.dedup.model import SAME, UNSURE, Verdict

Pair = tuple[int, int]

_AGAINST = frozenset({"conflict", "siblings"})


def contradicts(verdict: Verdict) -> bool:
    """True when two registrations cannot be of one person whatever else speaks for it: two sound
    id numbers, each its holder's own, or the first child and the second.
    """
    told = verdict.explanation
    return told["id_no"] in _AGAINST or told["name"] == "other_child"


def settle(
    pairs: Iterable[tuple[Pair, Verdict]], compare: Callable[[int, int], Verdict]
) -> tuple[dict[Pair, Verdict], list[list[int]]]:
    """Join registrations into people.

    :param pairs: pairs that are the same or unsure
    :param compare: judges two registrations of groups that would be joined
    :returns: every pair with its verdict, as unsure what contradicts a group, as the same what a
        third joined; and the groups of two and more
    """
    told = dict(pairs)
    group: dict[int, list[int]] = {}
    ranked = sorted(told.items(), key=lambda one: (-one[1].bits, one[0]))
    for (a, b), verdict in ranked:
        if verdict.verdict != SAME:
            continue
        ours, theirs = group.get(a, [a]), group.get(b, [b])
        if ours is theirs:
            continue
        if _contradict(ours, theirs, compare):
            told[a, b] = replace(verdict, verdict=UNSURE)
            continue
        joined = [*ours, *theirs]
        for one in joined:
            group[one] = joined
    for (a, b), verdict in ranked:
        if verdict.verdict == UNSURE and group.get(a) is not None and group[a] is group.get(b):
            told[a, b] = replace(verdict, verdict=SAME)
    people = {id(members): sorted(members) for members in group.values()}
    return told, sorted(people.values())


def _contradict(
    ours: Sequence[int], theirs: Sequence[int], compare: Callable[[int, int], Verdict]
) -> bool:
    if len(ours) + len(theirs) == 2:
        return False
    return any(contradicts(compare(x, y)) for x in ours for y in theirs)
