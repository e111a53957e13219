"""Drawing residents for an audit, so that anybody who knows the seed draws the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from backend.review.rules.statistics import wilson

RISK_FOR_SCORE = 25
"""A worker with this score is drawn twice as often as one without any; engineering."""


@dataclass(frozen=True)
class Candidate:
    """A resident who may be asked.

    :param weight: 1, or more where the doctor's visits are doubtful
    """

    resident_id: str
    village_code: str
    weight: float = 1.0


@dataclass(frozen=True)
class Agreement:
    """What the calls of an audit came to.

    :param rate: share of the reached whose word agrees with the record; nothing while nobody was
    :param low: of its 95 % confidence interval, Wilson
    """

    size: int
    asked: int
    reached: int
    agrees: int
    differs: int
    rate: float | None
    low: float
    high: float


def risk(score: int) -> float:
    """How much more often a doctor's residents are drawn."""
    return 1 + score / RISK_FOR_SCORE


def draw(frame: Sequence[Candidate], size: int, seed: int) -> list[Candidate]:
    """A systematic sample: every k-th of the list by village, from a start by chance; with weights,
    every k-th unit of weight (Madow 1949). Whoever weighs more than a whole step is certain.
    """
    left = sorted(frame, key=lambda one: (one.village_code, one.resident_id))
    if size >= len(left):
        return left
    certain: list[Candidate] = []
    while True:
        step = sum(one.weight for one in left) / (size - len(certain))
        heavy = [one for one in left if one.weight >= step]
        if not heavy:
            break
        certain += heavy
        left = [one for one in left if one.weight < step]
    chosen, at, mark = list(certain), 0.0, Random(seed).random() * step  # noqa: S311 - repeatable
    for one in left:
        at += one.weight
        if mark < at:
            chosen.append(one)
            mark += step
    return sorted(chosen[:size], key=lambda one: (one.village_code, one.resident_id))


def agreement(outcomes: Sequence[tuple[str | None, str | None]]) -> Agreement:
    """Count an audit.

    :param outcomes: (who answered, whether it agrees) of each resident, codes of the interview;
        nothing where nobody has called yet
    """
    asked = [one for one in outcomes if one[0] is not None]
    agrees = sum(one[1] == "1" for one in asked)
    differs = sum(one[1] == "2" for one in asked)
    told = agrees + differs
    low, high = wilson(agrees, told)
    return Agreement(
        size=len(outcomes),
        asked=len(asked),
        reached=sum(one[0] in ("1", "2") for one in asked),
        agrees=agrees,
        differs=differs,
        rate=agrees / told if told else None,
        low=low,
        high=high,
    )
