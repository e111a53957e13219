"""Where visits were made, and where nobody was: for the desk's map."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.subjects import UNKNOWN, named
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.residents import point
from backend.api.wire.review import MapAnswer, MapQuery
from backend.kernel.clock import local_date
from backend.residents import service as residents
from backend.residents.model import Household
from backend.review.rules.patterns import is_far
from backend.review.service.credibility import facts_of
from backend.submissions.store import visits

blueprint = APIBlueprint("visits_map", __name__)

MOST_VISITS = 3000
MOST_HOUSEHOLDS = 2000
MOST_PLACELESS = 200
DAYS_OF_A_WORKER = timedelta(days=6)


@route(blueprint, "GET", "/review/map", policy=signed_in(*STAFF), query=MapQuery, output=MapAnswer)
def read_map(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """The visits of a day, or of a doctor's week up to it, and the households of these areas where
    nobody was seen in this quarter.
    """
    here = house()
    areas = narrowed(caller, query.get("village"))
    day = query.get("day") or local_date(here.clock())
    worker = query.get("worker")
    first = day if worker is None else day - DAYS_OF_A_WORKER
    quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    with here.read() as session:
        found = visits.on_map(session, areas, (first, day), worker, MOST_VISITS)
        visited = visits.visited_since(session, areas, quarter)
        homes = residents.households_in(session, here.vault, areas)
        names = named(
            session,
            here.vault,
            ((v.submission.subject.kind, v.submission.subject.id) for v in found),
        )
    with here.write() as session:  # before anything leaves, and apart: no phone waits for a map
        trail.record(session, caller, "map_read", "area", None, count=len(found))
    uncovered = [home for home in homes if home.id not in visited]
    nobody_seen = Counter(home.village_code for home in uncovered)
    placeless = [home for home in homes if home.place is None]
    return {
        "quarter_from": quarter,
        "visits": [
            {
                "id": one.submission.id,
                "at": point((one.fix["lng"], one.fix["lat"])),
                "accuracy_m": one.fix["accuracy_m"],
                "finalised_at": one.submission.finalised_at,
                "worker_id": one.submission.worker_id,
                "mode": one.submission.visit_mode,
                "is_far": is_far(facts_of(one)),
                "name": names.get(one.submission.subject.id, UNKNOWN).name,
            }
            for one in found
            if one.fix is not None
        ],
        "without_fix": sum(one.fix is None for one in found),
        "uncovered": [_home(home) for home in uncovered[:MOST_HOUSEHOLDS]],
        "villages": [
            {
                "code": code,
                "households": count,
                "uncovered": nobody_seen[code],
            }
            for code, count in sorted(Counter(home.village_code for home in homes).items())
        ],
        "placeless": len(placeless),
        "placeless_homes": [_home(home) for home in placeless[:MOST_PLACELESS]],
        "households": len(homes),
    }


def _home(home: Household) -> dict[str, Any]:
    return {
        "id": home.id,
        "no": home.no,
        "head_name": home.head_name,
        "village_code": home.village_code,
        "place": point(home.place),
    }
