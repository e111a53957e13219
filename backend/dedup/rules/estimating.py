"""Estimating the shares of agreement anew, from data without labels (EM, Winkler 1988).

Only for looking at: the shipped weights stay in force (see ``scoring``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

from backend.dedup.rules.comparing import FIELDS
from backend.dedup.rules.scoring import Weights

ROUNDS = 30
_LEAST = 1e-5
Levels = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Estimate:
    """What EM made of compared pairs.

    :param matches: share of the pairs that are of one person
    :param shares: field -> level -> (m, u)
    """

    matches: float
    shares: Mapping[str, Mapping[str, tuple[float, float]]]


def estimate(counts: Counter[Levels], start: Weights) -> Estimate:
    """Estimate m and u, beginning with given weights, fields taken as independent.

    :param counts: how many compared pairs came to these levels
    """
    total = sum(counts.values()) or 1
    shares = {name: dict(start.shares[name]) for name in FIELDS}
    matches = 2**start.prior / (1 + 2**start.prior)
    for _ in range(ROUNDS):
        same = {found: _probability(found, shares, matches) for found in counts}
        expected = sum(same[found] * n for found, n in counts.items())
        matches = min(1 - _LEAST, max(_LEAST, expected / total))
        for index, name in enumerate(FIELDS):
            m: defaultdict[str, float] = defaultdict(float)
            u: defaultdict[str, float] = defaultdict(float)
            for found, n in counts.items():
                m[found[index]] += same[found] * n
                u[found[index]] += (1 - same[found]) * n
            shares[name] = {
                level: (
                    max(_LEAST, m[level] / max(expected, _LEAST)),
                    max(_LEAST, u[level] / max(total - expected, _LEAST)),
                )
                for level in shares[name]
            }
    return Estimate(matches, shares)


def _probability(
    found: Levels, shares: Mapping[str, Mapping[str, tuple[float, float]]], matches: float
) -> float:
    for_it, against = matches, 1 - matches
    for name, level in zip(FIELDS, found, strict=True):
        m, u = shares[name][level]
        for_it, against = for_it * m, against * u
    return for_it / (for_it + against)


def differences(
    found: Estimate, counts: Counter[Levels], shipped: Weights
) -> list[dict[str, object]]:
    """Each level that occurred: shipped and estimated bits, the greatest difference first."""
    seen: Counter[tuple[str, str]] = Counter()
    for levels, n in counts.items():
        for name, level in zip(FIELDS, levels, strict=True):
            seen[name, level] += n
    rows = []
    for (name, level), n in seen.items():
        m, u = found.shares[name][level]
        ours, theirs = round(shipped.bits[name][level], 1), round(log2(m / u), 1)
        rows.append(
            {
                "field": name, "level": level, "pairs": n, "shipped_bits": ours,
                "estimated_bits": theirs, "difference": round(theirs - ours, 1),
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: -abs(float(str(row["difference"]))))
