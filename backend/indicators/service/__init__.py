"""Use cases of figures: counting them (:mod:`.refreshing`), and what the desk asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from backend.geo.rules import township_of
from backend.indicators import store
from backend.indicators.model import Figure, Indicator, Sum
from backend.indicators.rules.counting import Judge, judges
from backend.indicators.rules.reading import read_indicator
from backend.indicators.rules.scoring import score
from backend.kernel import strict_json
from backend.kernel.errors import Refusal
from backend.kernel.ids import derived_id
from backend.programmes import service as programmes
from backend.programmes.model import Policy

POLICY = "indicators"
"""Key under which an area's policies hold targets (``target.<key>``) and ``weight.<key>``."""


@lru_cache(maxsize=4)
def catalogue(schemas: Path) -> Mapping[str, Indicator]:
    """Every indicator of the folder by key, in the order of the files; read once a process."""
    files = sorted((schemas / "indicators").glob("*.json"))
    found = [read_indicator(strict_json.read(file.read_bytes())) for file in files]
    return {each.key: each for each in found}


@lru_cache(maxsize=4)
def digest_of(schemas: Path) -> str:
    """SHA-256 of the indicators' files, another when any of them is; read once a process."""
    found = hashlib.sha256()
    for file in sorted((schemas / "indicators").glob("*.json")):
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


@lru_cache(maxsize=4)
def judges_of(schemas: Path) -> tuple[Judge, ...]:
    """The judges of the catalogue; what they remember serves every counting of the process."""
    return judges(catalogue(schemas).values())


@dataclass(frozen=True)
class Aims:
    """What an area sets itself for a year.

    :param targets: per cent, by indicator
    :param weights: of the assessment score, by indicator
    """

    targets: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


def aims(session: Session, indicators: Mapping[str, Indicator], area_code: str, year: int) -> Aims:
    """Targets of the files, over them those of the county, the township and the village."""
    set_here = programmes.overrides(session, POLICY, area_code)(date(year, 12, 31))
    targets = {key: each.target for key, each in indicators.items() if each.target is not None}
    weights: dict[str, float] = {}
    for name, value in set_here.items():
        what, _, key = name.partition(".")
        if key in indicators and isinstance(value, (int, float)):
            (targets if what == "target" else weights)[key] = float(value)
    return Aims(targets, weights)


def part_of(figure: Figure, by: str) -> str:
    """What a figure is listed under: a village, a township, or a doctor ('' for nobody)."""
    if by == "worker":
        return figure.worker_id or ""
    return township_of(figure.village_code) if by == "township" else figure.village_code


@dataclass(frozen=True)
class Parts:
    """The sums of an area at the end of a month, and of each part of it.

    :param whole: by indicator
    :param parts: by part, by indicator
    """

    whole: Mapping[str, Sum]
    parts: Mapping[str, Mapping[str, Sum]]
    scores: Mapping[str, float | None]
    score: float | None


def parts(
    session: Session,
    areas: Sequence[str],
    year: int,
    month: int,
    by: str,
    set_: Aims,
    *,
    official: bool,
) -> Parts:
    """The figures of the areas by village, township or doctor, each part with its score.

    :param by: village, township or worker
    """
    whole: dict[str, Sum] = {}
    found: dict[str, dict[str, Sum]] = {}
    for one in store.figures(session, areas, year, [month]):
        sum_ = one.official if official else one.all
        key = one.indicator
        mine = found.setdefault(part_of(one, by), {})
        mine[key] = mine.get(key, Sum()) + sum_
        whole[key] = whole.get(key, Sum()) + sum_
    return Parts(
        whole=whole,
        parts=found,
        scores={part: score(sums, set_.targets, set_.weights) for part, sums in found.items()},
        score=score(whole, set_.targets, set_.weights),
    )


@dataclass(frozen=True)
class SinceDay:
    """What the running month's sums were at the end of an earlier day.

    :param day: nothing when no day was kept yet
    """

    day: date | None
    whole: Mapping[str, Sum]
    villages: Mapping[tuple[str, str], Sum]


def before_today(session: Session, areas: Sequence[str], today: date) -> SinceDay:
    """The sums of the areas at the end of the last counted day before today, of the same month."""
    day, villages = store.of_day(session, areas, today)
    if day is not None and (day.year, day.month) != (today.year, today.month):
        return SinceDay(None, {}, {})  # another month has another denominator
    whole: dict[str, Sum] = {}
    for (_village, key), sum_ in villages.items():
        whole[key] = whole.get(key, Sum()) + sum_
    return SinceDay(day, whole, villages)


def set_aims(
    session: Session,
    indicators: Mapping[str, Indicator],
    area_code: str,
    year: int,
    *,
    targets: Mapping[str, float],
    weights: Mapping[str, float],
) -> None:
    """Put an area's targets and weights of a year in force, in place of those it had.

    :raises Refusal: ``unknown_indicator``, ``aim_out_of_range``
    """
    told: dict[str, float] = {}
    for what, given, most in (("target", targets, 100), ("weight", weights, 1000)):
        for key, value in given.items():
            if key not in indicators:
                raise Refusal("unknown_indicator", key=key)
            if not 0 <= value <= most:
                raise Refusal("aim_out_of_range", key=key, most=most)
            told[f"{what}.{key}"] = float(value)
    programmes.set_policy(
        session,
        Policy(
            id=derived_id(POLICY, area_code, str(year)),
            programme=POLICY,
            area_code=area_code,
            from_on=date(year, 1, 1),
            to_on=date(year, 12, 31),
            parameters=told,
        ),
    )
