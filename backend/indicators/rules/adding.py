"""From tallies to sums: only what changed is added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from backend.indicators.model import MONTHS, Tally

Cell: TypeAlias = tuple[int, int, str, str, str]
"""Year, month, village, indicator, doctor ('' for nobody)."""

Counts: TypeAlias = tuple[int, int, int, int]
"""Due, met, and both again with approved records alone."""


@dataclass(frozen=True)
class Changes:
    """What has to be written so that what is stored equals what was counted."""

    put: tuple[Tally, ...]
    gone: tuple[Tally, ...]
    added: Mapping[Cell, Counts]


def changes(stored: Iterable[Tally], counted: Iterable[Tally]) -> Changes:
    """Compare the tallies of some subjects with those counted now.

    :param stored: every stored standing of these subjects in the counted years
    """
    before = {one.key: one for one in stored}
    after = {one.key: one for one in counted}
    gone = tuple(one for key, one in before.items() if key not in after)
    put = tuple(one for key, one in after.items() if before.get(key) != one)
    replaced = [before[one.key] for one in put if one.key in before]
    sums: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in put:
        _add(sums, one, 1)
    for one in (*replaced, *gone):
        _add(sums, one, -1)
    added = {cell: _counts(sum_) for cell, sum_ in sums.items() if any(sum_)}
    return Changes(put, gone, added)


def totals(tallies: Iterable[Tally]) -> dict[Cell, Counts]:
    """The sums of tallies from nothing: what the stored ones must always equal."""
    return dict(changes((), tallies).added)


def _add(sums: dict[Cell, list[int]], one: Tally, sign: int) -> None:
    masks = (one.due, one.met, one.official_due, one.official_met)
    for month in range(1, MONTHS + 1):
        bits = [mask >> (month - 1) & 1 for mask in masks]
        if any(bits):
            cell = sums[one.year, month, one.village_code, one.indicator, one.worker_id or ""]
            for place, bit in enumerate(bits):
                cell[place] += sign * bit


def _counts(found: list[int]) -> Counts:
    due, met, official_due, official_met = found
    return due, met, official_due, official_met
