"""Due lists for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from apiflask import APIBlueprint

from backend.api.house import house
from backend.api.paging import read_place, write_place
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.subjects import UNKNOWN, named
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.tasks import TaskPage, TaskQuery, task
from backend.followups import service as followups
from backend.geo import service as geo
from backend.kernel.clock import local_date
from backend.kernel.dates import days_between

blueprint = APIBlueprint("tasks", __name__)


@dataclass(frozen=True)
class Place:
    closes: date
    id: str


@route(blueprint, "GET", "/tasks", policy=signed_in(*STAFF), query=TaskQuery, output=TaskPage)
def list_tasks(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Overdue, due or upcoming tasks of the caller's areas, the earliest last day first."""
    here, limit, service = house(), query["limit"], query.get("service")
    areas = narrowed(caller, query.get("village"))
    today = local_date(here.clock())
    place = read_place(query.get("cursor"), Place)
    with here.read() as session:
        found = followups.listed(
            session,
            areas,
            query["state"],
            today,
            service=service,
            after=None if place is None else (place.closes, place.id),
            limit=limit,
        )
        names = named(session, here.vault, ((t.subject_kind, t.subject_id) for t in found))
        villages = geo.names(session, {t.village_code for t in found})
        counts = followups.counts(session, areas, today, service=service)
    last = found[-1] if len(found) == limit else None
    return {
        "items": [
            task(one)
            | {
                "subject_name": names.get(one.subject_id, UNKNOWN).name or None,
                "village_name": villages[one.village_code].name
                if one.village_code in villages
                else one.village_code,
                "overdue_days": max(0, days_between(one.closes, today)),
            }
            for one in found
        ],
        "next_cursor": last and write_place(Place(last.closes, last.id)),
        "counts": counts,
    }
