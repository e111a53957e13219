"""A worker's visits of a window, counted into a profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from backend.geo.rules import FAR_FROM_HOME_M
from backend.kernel.clock import SHANGHAI
from backend.review.model import Profile, QualityFlag, VisitFacts
from backend.review.rules import patterns
from backend.review.rules.readings import DIASTOLIC, SYSTOLIC

DISTANCES_M = (100, FAR_FROM_HOME_M, 2000)
SHARED_BY = 3
"""Other households with the same number from which on it is nobody's."""


def raise_patterns(visits: Sequence[VisitFacts]) -> dict[str, list[QualityFlag]]:
    """Submission id -> flags that show only beside the worker's other visits."""
    found: dict[str, list[QualityFlag]] = {}
    for look in patterns.FLAGGING.values():
        for submission_id, flag in look(visits).items():
            found.setdefault(submission_id, []).append(flag)
    return found


def profile(visits: Sequence[VisitFacts], phones: Sequence[int] = ()) -> Profile:
    """Count.

    :param phones: of each resident with a number: how many other households have it too
    """
    raised = Counter(flag.kind for flags in raise_patterns(visits).values() for flag in flags)
    raised["unchanged_readings"] = len(patterns.unchanged(visits))
    raised["one_spot"] = len(patterns.one_spot(visits))
    home = [one for one in visits if one.mode == "2"]
    return Profile(
        visits=len(visits),
        home_visits=len(home),
        hours=_hours(visits),
        digits=_digits(visits),
        below=_between(visits, 135, 85),
        above=_between(visits, 140, 90),
        jumps=_jumps(visits),
        distances=_distances(home),
        fix_off=sum(one.fix is None and one.fix_state in ("off", "denied") for one in home),
        patterns={kind: count for kind, count in sorted(raised.items()) if count},
        pace=_pace(visits),
        phones=len(phones),
        shared_phones=sum(others >= SHARED_BY for others in phones),
    )


def _hours(visits: Sequence[VisitFacts]) -> tuple[int, ...]:
    seen = Counter(one.finalised_at.astimezone(SHANGHAI).hour for one in visits)
    return tuple(seen[hour] for hour in range(24))


def _digits(visits: Sequence[VisitFacts]) -> tuple[int, ...]:
    pressures = (*SYSTOLIC, *DIASTOLIC)
    seen = Counter(
        int(value) % 10
        for one in visits
        for name, value in one.readings.items()
        if name in pressures
    )
    return tuple(seen[digit] for digit in range(10))


def _between(visits: Sequence[VisitFacts], systolic: int, diastolic: int) -> int:
    """Pressures within the five millimetres from these on."""
    return sum(
        (name in SYSTOLIC and systolic <= value < systolic + 5)
        or (name in DIASTOLIC and diastolic <= value < diastolic + 5)
        for one in visits
        for name, value in one.readings.items()
    )


def _jumps(visits: Sequence[VisitFacts]) -> tuple[int, float]:
    of: dict[str, list[float]] = {}
    for one in sorted(visits, key=lambda one: (one.visit_date, one.finalised_at)):
        pressure = next((one.readings[name] for name in SYSTOLIC if name in one.readings), None)
        if pressure is not None:
            of.setdefault(one.subject_id, []).append(pressure)
    squares = [(b - a) ** 2 for series in of.values() for a, b in pairwise(series)]
    return len(squares), round(sum(squares) / len(squares), 1) if squares else 0.0


def _distances(home: Sequence[VisitFacts]) -> tuple[int, ...]:
    counts = [0] * (len(DISTANCES_M) + 1)
    for one in home:
        if one.fix is not None and one.distance_m is not None:
            sure = one.distance_m - one.fix[2]
            counts[sum(sure > limit for limit in DISTANCES_M)] += 1
    return tuple(counts)


def _pace(visits: Sequence[VisitFacts]) -> float | None:
    paces = [one.seconds / one.answer_count for one in visits if one.seconds and one.answer_count]
    return round(median(paces), 2) if paces else None
