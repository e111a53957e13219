"""Figures at the desk: each with both numbers, each open down to those it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.house import house
from backend.api.paging import read_place, write_place
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.subjects import UNKNOWN, named
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.figures import (
    Aims,
    AimsQuery,
    AimsRequest,
    BehindQuery,
    CountedPage,
    FigureQuery,
    Figures,
    Indicators,
    sum_,
)
from backend.followups import service as followups
from backend.geo import service as geo
from backend.indicators import service as indicators, store
from backend.indicators.model import MONTHS, Indicator, Sum, Tally
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal

blueprint = APIBlueprint("figures", __name__)


@dataclass(frozen=True)
class Place:
    """Where a page of counted people ended."""

    subject_id: str
    unit_id: str


def catalogue() -> Mapping[str, Indicator]:
    """The indicators of this installation."""
    return indicators.catalogue(house().settings.schemas)


@route(blueprint, "GET", "/indicators", policy=signed_in(*STAFF), output=Indicators)
def list_indicators(caller: Caller) -> dict[str, Any]:
    """What is counted, in words, and where each formula comes from."""
    return {"items": list(catalogue().values())}


@route(blueprint, "GET", "/figures", policy=signed_in(*STAFF), query=FigureQuery, output=Figures)
def read_figures(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """The figures at the end of a month, of the whole area and of each part of it."""
    here = house()
    areas = some_areas(caller, query.get("area"))
    year, month, by = query["year"], query["month"], query["by"]
    official = query["basis"] == "official"
    today = local_date(here.clock())
    with here.read() as session:
        aims = indicators.aims(session, catalogue(), areas[0], year)
        found = indicators.parts(session, areas, year, month, by, aims, official=official)
        months = store.monthly(session, areas, year, official=official)
        running = (year, month) == (today.year, today.month) and not official
        before = indicators.before_today(session, areas, today) if running else None
        place = store.place(session)
        names = names_of(session, by, found.parts)
    since_day = before.day if before else None
    return {
        "year": year,
        "month": month,
        "counted_on": place.counted_on if place else None,
        "since_day": since_day,
        "score": found.score,
        "items": [
            {
                "key": key,
                "sum": sum_(found.whole.get(key, Sum())),
                "target": aims.targets.get(key),
                "before": sum_(before.whole.get(key, Sum())) if before and since_day else None,
                "months": [
                    sum_(months[key, each]) if (key, each) in months else None
                    for each in range(1, MONTHS + 1)
                ],
            }
            for key in catalogue()
        ],
        "parts": [
            {
                "id": part,
                "name": names.get(part, ""),
                "score": found.scores[part],
                "sums": {key: sum_(one) for key, one in sums.items()},
            }
            for part, sums in sorted(found.parts.items())
        ],
    }


def some_areas(caller: Caller, area: str | None) -> tuple[str, ...]:
    """The caller's areas, or the one asked for; targets are those of the first.

    :raises Refusal: ``not_found`` for an area of others, and for who has none
    """
    areas = narrowed(caller, area)
    if not areas:
        raise Refusal("not_found")
    return areas


def names_of(session: Session, by: str, parts: Iterable[str]) -> dict[str, str]:
    """What villages, townships or doctors are called."""
    if by == "worker":
        return accounts.names(session, [part for part in parts if part])
    return {code: area.name for code, area in geo.names(session, parts).items()}


@route(
    blueprint,
    "GET",
    "/figures/people",
    policy=signed_in(*STAFF),
    query=BehindQuery,
    output=CountedPage,
)
def list_counted(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Whom a figure counts, or counts only below the line."""
    here, key, limit = house(), query["indicator"], query["limit"]
    if key not in catalogue():
        raise Refusal("not_found")
    wanted = store.Behind(
        indicator=key,
        year=query["year"],
        month=query["month"],
        areas=narrowed(caller, query.get("area")),
        part=query["part"],
        official=query["basis"] == "official",
        worker_id=query.get("worker"),
    )
    after = read_place(query.get("cursor"), Place)
    with here.read() as session:
        found = store.behind(
            session, wanted, (after.subject_id, after.unit_id) if after else None, limit
        )
        items = _lines(session, found)
    with here.write() as session:
        trail.record(
            session,
            caller,
            "figure_opened",
            "indicator",
            key,
            area_code=query.get("area"),
            part=query["part"],
            count=len(found),
        )
    last = found[-1] if len(found) == limit else None
    return {
        "items": items,
        "next_cursor": last and write_place(Place(last.subject_id, last.unit_id)),
    }


def _lines(session: Session, found: Sequence[Tally]) -> list[dict[str, Any]]:
    people = named(session, house().vault, ((t.subject_kind, t.subject_id) for t in found))
    villages = geo.names(session, {t.village_code for t in found})
    workers = accounts.names(session, {t.worker_id for t in found if t.worker_id})
    tasks = followups.by_ids(session, [t.unit_id for t in found if t.unit_id != t.subject_id])
    told = []
    for one in found:
        subject, task = people.get(one.subject_id, UNKNOWN), tasks.get(one.unit_id)
        village = villages.get(one.village_code)
        told.append(
            {
                "kind": one.subject_kind,
                "id": one.subject_id,
                "name": subject.name or None,
                "sex": subject.sex,
                "birth_date": subject.birth_date,
                "village": {
                    "code": one.village_code,
                    "name": one.village_code if village is None else village.name,
                },
                "worker": one.worker_id
                and {"id": one.worker_id, "name": workers.get(one.worker_id, "")},
                "task": task
                and {"service": task.service, "kind": task.kind, "closes": task.closes},
            }
        )
    return told


@route(blueprint, "GET", "/figures/aims", policy=signed_in(*STAFF), query=AimsQuery, output=Aims)
def read_aims(caller: Caller, query: dict[str, Any]) -> indicators.Aims:
    """What an area aims at in a year: its own targets over those of the areas around it."""
    narrowed(caller, query["area"])
    with house().read() as session:
        return indicators.aims(session, catalogue(), query["area"], query["year"])


@route(blueprint, "PUT", "/figures/aims", policy=signed_in(*STAFF), body=AimsRequest, output=Aims)
def set_aims(caller: Caller, body: dict[str, Any]) -> indicators.Aims:
    """Set an area's targets, and how its score weighs them, for a year."""
    area, year = body["area"], body["year"]
    narrowed(caller, area)
    with house().write() as session:
        indicators.set_aims(
            session, catalogue(), area, year, targets=body["targets"], weights=body["weights"]
        )
        trail.record(session, caller, "aims_set", "area", area, area_code=area, year=year)
        return indicators.aims(session, catalogue(), area, year)
