"""How well a comparison did, on registrations whose people are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from backend.dedup.model import SAME, UNSURE
from backend.dedup.rules.clusters import Pair
from backend.dedup.rules.linking import Linked

_TRAPS = ("twin", "mother_newborn", "same_name", "cousin", "mother_daughter")
"""A pair that stands in two traps counts in the first of these."""


def true_pairs(people: Sequence[str]) -> set[Pair]:
    """Pairs of positions that bear the same label."""
    members: defaultdict[str, list[int]] = defaultdict(list)
    for index, label in enumerate(people):
        members[label].append(index)
    return {pair for found in members.values() for pair in combinations(found, 2)}


def evaluate(linked: Linked, true: set[Pair]) -> dict[str, Any]:
    """Precision, recall and F1 of the pairs called the same, before and after joining, and of each
    verdict apart.

    :param true: pairs that are of one person
    """
    same = {pair for pair, told in linked.pairs.items() if told.verdict == SAME}
    unsure = {pair for pair, told in linked.pairs.items() if told.verdict == UNSURE}
    joined = {pair for found in linked.people for pair in combinations(found, 2)}
    precision, recall, f1 = _rates(same, true)
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "f1_clustered": _rates(joined, true)[2],
        "same": _told(same, true),
        "unsure": _told(unsure - same, true),
        "pairs_compared": linked.compared,
    }


def false_by_trap(pairs: Iterable[Pair], tags: Sequence[str], true: set[Pair]) -> dict[str, int]:
    """Wrong pairs by the trap that both registrations belong to.

    :param tags: of each registration: ``twin:12|same_name:7``; ``plain`` for none
    """
    count: dict[str, int] = {}
    for a, b in pairs:
        if (a, b) in true:
            continue
        shared = {t for t in tags[a].split("|") if ":" in t} & set(tags[b].split("|"))
        kinds = {one.split(":")[0] for one in shared}
        trap = next((one for one in _TRAPS if one in kinds), min(kinds, default="none"))
        count[trap] = count.get(trap, 0) + 1
    return dict(sorted(count.items()))


def _told(pairs: set[Pair], true: set[Pair]) -> dict[str, Any]:
    precision, recall, _ = _rates(pairs, true)
    return {"precision": precision, "recall": recall, "pairs": len(pairs)}


def _rates(pairs: set[Pair], true: set[Pair]) -> tuple[float, float, float]:
    right = len(pairs & true)
    precision = right / len(pairs) if pairs else 1.0
    recall = right / len(true) if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return round(precision, 5), round(recall, 5), round(f1, 5)
