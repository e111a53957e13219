"""Residents for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint

from backend.api import trail
from backend.api.house import house
from backend.api.pace import keep_pace
from backend.api.paging import read_place, write_place
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.residents import Resident, ResidentPage, ResidentQuery, masked, resident
from backend.geo import service as geo
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.programmes import service as programmes
from backend.residents import service as residents

blueprint = APIBlueprint("residents", __name__)


@dataclass(frozen=True)
class Place:
    name: str
    id: str


@route(
    blueprint,
    "GET",
    "/residents",
    policy=signed_in(*STAFF),
    query=ResidentQuery,
    output=ResidentPage,
)
def search_residents(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Residents of the caller's areas by name, pinyin, id number or phone."""
    here, limit = house(), query["limit"]
    place = read_place(query.get("cursor"), Place)
    after = None if place is None else (place.name, place.id)
    today = local_date(here.clock())
    with here.write() as session:
        keep_pace(session, caller, "residents_searched")
        areas = narrowed(caller, query.get("village"))
        found = residents.search(session, here.vault, areas, query["q"], after, limit)
        homes = residents.households_by_ids(
            session, here.vault, {r.household_id for r in found if r.household_id}
        )
        villages = geo.names(session, {r.village_code for r in found})
        enrolled = programmes.enrolments(session, [r.id for r in found])
        trail.record(session, caller, "residents_searched", "resident", None, found=len(found))
    last = found[-1] if len(found) == limit else None
    return {
        "items": [
            {
                "id": one.id,
                "name": one.name,
                "sex": one.sex,
                "birth_date": one.birth_date,
                "village": {
                    "code": one.village_code,
                    "name": villages[one.village_code].name
                    if one.village_code in villages
                    else one.village_code,
                },
                "household_no": homes[one.household_id].no if one.household_id in homes else None,
                "programmes": [e.programme for e in enrolled.get(one.id, ()) if e.lasts_on(today)],
            }
            for one in found
        ],
        "next_cursor": last and write_place(Place(last.name, last.id)),
    }


@route(
    blueprint,
    "GET",
    "/residents/<id:resident_id>",
    policy=signed_in(*STAFF),
    output=Resident,
)
def read_resident(caller: Caller, resident_id: str) -> dict[str, Any]:
    """One resident; id number and phones masked."""
    here = house()
    with here.write() as session:
        found = residents.by_ids(session, here.vault, [resident_id]).get(resident_id)
        if found is None or not caller.sees(found.village_code):
            raise Refusal("not_found")
        trail.record(
            session, caller, "resident_read", "resident", found.id, area_code=found.village_code
        )
        enrolled = programmes.enrolments(session, [found.id]).get(found.id, [])
    today = local_date(here.clock())
    return masked(resident(found, [e for e in enrolled if e.lasts_on(today)]))
