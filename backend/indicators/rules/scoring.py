"""The assessment score: how far each target was reached, weighed as the township weighs it."""

from __future__ import annotations

from collections.abc import Mapping

from backend.indicators.model import Sum

FULL = 100.0


def score(
    sums: Mapping[str, Sum], targets: Mapping[str, float], weights: Mapping[str, float]
) -> float | None:
    """0 to 100 with one decimal; nothing when no weighed indicator had anybody due.

    Each indicator earns its weight times the part of its target that was reached, at most all of
    it. One without a target or without anybody due takes no part, nor does its weight: nobody is
    punished for a village without children [engineering].

    :param sums: by indicator
    :param targets: per cent
    :param weights: by indicator, any non-negative numbers
    """
    earned = possible = 0.0
    for key, weight in weights.items():
        rate, target = sums.get(key, Sum()).percent, targets.get(key)
        if rate is None or not target or weight <= 0:
            continue
        earned += weight * min(1.0, rate / target)
        possible += weight
    return None if possible == 0 else round(FULL * earned / possible + 1e-9, 1)
