"""A profile beside those of the township's other workers: signals, and a score.

Every signal is a share that grows with how much of the work it touches, and says nothing below a
number of visits from which chance can be told from habit. Evidence is taken by **domain**: numbers,
time, place, copying, register. One domain alone never reaches the line of alarm, however strong: a
doctor in a valley, or with an old cuff, or who writes at night, has one explanation; two domains
that agree seldom have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from statistics import median
from typing import Any

from backend.review.model import Profile, Signal
from backend.review.rules.flags import NIGHT
from backend.review.rules.statistics import chi_square_p, share_p, uneven

ALARM = 60
"""From this score on somebody should look; engineering, held by a simulated township."""

MOST_OF_A_DOMAIN = 0.55
SURE = 0.001
LEAST_VISITS = 30
LEAST_READINGS = 40
LEAST_PAIRS = 15

_WEIGHTS = {
    "digit_preference": ("numbers", 0.35),
    "heaped_below": ("numbers", 0.40),
    "little_spread": ("numbers", 0.40),
    "rounded": ("numbers", 0.10),
    "spread_dates": ("time", 0.50),
    "many_in_minutes": ("time", 0.40),
    "night_writing": ("time", 0.35),
    "too_fast": ("time", 0.30),
    "far_from_home": ("place", 0.45),
    "one_spot": ("place", 0.50),
    "fix_off": ("place", 0.30),
    "impossible_travel": ("place", 0.40),
    "copied_answers": ("copying", 0.50),
    "unchanged_readings": ("copying", 0.45),
    "repeated_photo": ("copying", 0.45),
    "shared_phone": ("register", 0.35),
}

Told = tuple[float, Mapping[str, Any]]
Of = Callable[[Profile], float | None]


def signals(mine: Profile, others: Sequence[Profile]) -> tuple[Signal, ...]:
    """What is unusual, the strongest first.

    :param others: profiles of the township's other workers in the same window
    """
    if mine.visits < LEAST_VISITS:
        return ()
    peers = [one for one in others if one.visits >= LEAST_VISITS]
    found = []
    for kind, look in _LOOKS.items():
        strength, evidence = look(mine, peers)
        if strength > 0:
            found.append(Signal(kind, _WEIGHTS[kind][0], round(min(strength, 1.0), 3), evidence))
    return tuple(sorted(found, key=lambda one: (-one.strength * _WEIGHTS[one.kind][1], one.kind)))


def score(found: Sequence[Signal]) -> int:
    """0 to 100: the chance that something is behind it, if domains were independent witnesses."""
    doubt: dict[str, float] = {}
    for one in found:
        left = doubt.get(one.domain, 1.0)
        doubt[one.domain] = left * (1 - _WEIGHTS[one.kind][1] * one.strength)
    all_left = 1.0
    for left in doubt.values():
        all_left *= 1 - min(MOST_OF_A_DOMAIN, 1 - left)
    return round(100 * (1 - all_left))


def _ramp(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on."""
    return max(0.0, min(1.0, (value - low) / (high - low)))


def _usual(
    peers: Sequence[Profile], of: Callable[[Profile], float | None], default: float
) -> float:
    """The middle of the township."""
    known = [value for one in peers if (value := of(one)) is not None]
    return median(known) if len(known) >= 3 else default


def _digits(mine: Profile, _peers: Sequence[Profile]) -> Told:
    """Old cuffs show even figures and hurried readers write 0 and 5: neither tells. What is left
    must be even among 2, 4, 6, 8 and among 1, 3, 7, 9; whoever thinks of a number has favourites.
    """
    even = [mine.digits[digit] for digit in (2, 4, 6, 8)]
    odd = [mine.digits[digit] for digit in (1, 3, 7, 9)]
    left = sum(even) + sum(odd)
    if left < LEAST_READINGS:
        return 0.0, {}
    statistic = uneven(even) + uneven(odd)
    p = chi_square_p(statistic, 6)
    if p >= SURE:
        return 0.0, {}
    favourite = max(range(10), key=lambda digit: (digit % 5 != 0, mine.digits[digit]))
    share = round(100 * mine.digits[favourite] / left)
    return _ramp(sqrt(statistic / left), 0.2, 0.7), {
        "digit": favourite, "percent": share, "count": left,
    }  # fmt: skip


def _rounded(mine: Profile, _peers: Sequence[Profile]) -> Told:
    total = sum(mine.digits)
    if total < LEAST_READINGS:
        return 0.0, {}
    share = (mine.digits[0] + mine.digits[5]) / total
    return _ramp(share, 0.5, 0.9), {"percent": round(100 * share), "count": total}


def _below(one: Profile) -> float | None:
    near = one.below + one.above
    return one.below / near if near >= 20 else None


def _heaped(mine: Profile, peers: Sequence[Profile]) -> Told:
    share, usual = _below(mine), _usual(peers, _below, 0.5)
    if share is None:
        return 0.0, {}
    near = mine.below + mine.above
    if share_p(mine.below, near, min(max(usual, 0.2), 0.9)) >= SURE:
        return 0.0, {}
    told = {"percent": round(100 * share), "usual": round(100 * usual), "count": near}
    return _ramp(share - usual, 0.08, 0.35), told


def _spread(one: Profile) -> float | None:
    pairs, square = one.jumps
    return sqrt(square) if pairs >= LEAST_PAIRS else None


def _little_spread(mine: Profile, peers: Sequence[Profile]) -> Told:
    """A pressure differs from visit to visit by some 10 mmHg even in the calmest patient."""
    own, usual = _spread(mine), _usual(peers, _spread, 12.0)
    if own is None or usual == 0:
        return 0.0, {}
    told = {"mmhg": round(own, 1), "usual": round(usual, 1), "count": mine.jumps[0]}
    return _ramp(1 - own / usual, 0.3, 0.7), told


def _night_share(one: Profile) -> float:
    return sum(one.hours[NIGHT[0] :] + one.hours[: NIGHT[1]]) / one.visits


def _night(mine: Profile, peers: Sequence[Profile]) -> Told:
    share, usual = _night_share(mine), _usual(peers, _night_share, 0.02)
    told = {"percent": round(100 * share), "usual": round(100 * usual)}
    return _ramp(share - usual, 0.1, 0.5), told


def _share_of(kind: str, low: float, high: float) -> Callable[[Profile, Sequence[Profile]], Told]:
    """A pattern, by the share of visits that show it."""

    def look(mine: Profile, peers: Sequence[Profile]) -> Told:
        count = mine.patterns.get(kind, 0)
        usual = _usual(peers, lambda one: one.patterns.get(kind, 0) / one.visits, 0.0)
        share = count / mine.visits
        told = {"count": count, "of": mine.visits, "percent": round(100 * share)}
        return _ramp(share - usual, low, high), told

    return look


def _times(kind: str, high: int) -> Callable[[Profile, Sequence[Profile]], Told]:
    """A pattern that no honest visit shows twice."""

    def look(mine: Profile, _peers: Sequence[Profile]) -> Told:
        count = mine.patterns.get(kind, 0)
        return _ramp(count, 1, high), {"count": count}

    return look


def _far_share(one: Profile) -> float | None:
    told = sum(one.distances)
    return sum(one.distances[2:]) / told if told >= 20 else None


def _far(mine: Profile, peers: Sequence[Profile]) -> Told:
    share, usual = _far_share(mine), _usual(peers, _far_share, 0.05)
    if share is None:
        return 0.0, {}
    told = {
        "percent": round(100 * share), "usual": round(100 * usual), "count": sum(mine.distances)
    }  # fmt: skip
    return _ramp(share - usual, 0.1, 0.5), told


def _one_spot(mine: Profile, _peers: Sequence[Profile]) -> Told:
    count = mine.patterns.get("one_spot", 0)
    share = count / mine.home_visits if mine.home_visits else 0.0
    return _ramp(share, 0.1, 0.4), {"count": count, "of": mine.home_visits}


def _off(mine: Profile, _peers: Sequence[Profile]) -> Told:
    """A phone that looked and found nothing in its valley is no doubt; one that may not look is."""
    share = mine.fix_off / mine.home_visits if mine.home_visits >= LEAST_VISITS else 0.0
    return _ramp(share, 0.3, 0.9), {"count": mine.fix_off, "of": mine.home_visits}


def _pace(mine: Profile, peers: Sequence[Profile]) -> Told:
    usual = _usual(peers, lambda one: one.pace, 0.0)
    if mine.pace is None or usual == 0:
        return 0.0, {}
    told = {"seconds": mine.pace, "usual": round(usual, 1)}
    return _ramp(1 - mine.pace / usual, 0.4, 0.8), told


def _phones(mine: Profile, _peers: Sequence[Profile]) -> Told:
    share = mine.shared_phones / mine.phones if mine.phones >= LEAST_VISITS else 0.0
    return _ramp(share, 0.1, 0.4), {"count": mine.shared_phones, "of": mine.phones}


_LOOKS: Mapping[str, Callable[[Profile, Sequence[Profile]], Told]] = {
    "digit_preference": _digits,
    "rounded": _rounded,
    "heaped_below": _heaped,
    "little_spread": _little_spread,
    "spread_dates": _share_of("spread_dates", 0.1, 0.5),
    "many_in_minutes": _share_of("many_in_minutes", 0.08, 0.4),
    "night_writing": _night,
    "too_fast": _pace,
    "far_from_home": _far,
    "one_spot": _one_spot,
    "fix_off": _off,
    "impossible_travel": _times("impossible_travel", 6),
    "copied_answers": _share_of("copied_answers", 0.03, 0.25),
    "unchanged_readings": _share_of("unchanged_readings", 0.05, 0.3),
    "repeated_photo": _times("repeated_photo", 8),
    "shared_phone": _phones,
}
