"""The few tests that credibility and audits need, in the standard library."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, exp, pi, sqrt


def chi_square_p(statistic: float, freedom: int) -> float:
    """Chance of a chi-square at least this large, by the closed forms for whole degrees of freedom
    (Abramowitz and Stegun 26.4.4 and 26.4.5).
    """
    half = statistic / 2
    if freedom % 2 == 0:
        term = total = exp(-half)
        for k in range(1, freedom // 2):
            term *= half / k
            total += term
        return total
    total = erfc(sqrt(half))
    term = sqrt(2 * statistic / pi) * exp(-half)
    for k in range(1, (freedom - 1) // 2 + 1):
        total += term
        term *= statistic / (2 * k + 1)
    return total


def uneven(counts: Sequence[int]) -> float:
    """Chi-square of counts that ought to be equal; 0 for none."""
    expected = sum(counts) / len(counts)
    return sum((one - expected) ** 2 for one in counts) / expected if expected else 0.0


def share_p(hits: int, of: int, expected: float) -> float:
    """Chance of a share at least this large where ``expected`` is usual: normal approximation."""
    spread = sqrt(expected * (1 - expected) / of)
    return erfc((hits / of - expected) / spread / sqrt(2)) / 2


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Confidence interval of a share, 95 % as it stands (Wilson 1927); (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)
