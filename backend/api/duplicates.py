"""Residents that may be one person, for the township to decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.duplicates import DuplicateDecision, DuplicateList, DuplicateState
from backend.api.wire.residents import masked, point, resident
from backend.dedup import service as dedup
from backend.dedup.model import DuplicateCandidate
from backend.geo import service as geo
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.kernel.vault import Vault
from backend.merging import service as merging
from backend.programmes import service as programmes
from backend.residents import service as residents
from backend.residents.model import Resident
from backend.submissions.model import Submission
from backend.submissions.store import submissions

blueprint = APIBlueprint("duplicates", __name__)

SHOWN = 50
VISITS = 8


@route(blueprint, "GET", "/duplicates", policy=signed_in(*STAFF), output=DuplicateList)
def list_duplicates(caller: Caller) -> dict[str, Any]:
    """Pairs that wait for a decision, most likely first. One that reaches into the areas of others
    is for whoever sees both.
    """
    here = house()
    with here.write() as session:
        pairs = dedup.open_pairs(session, caller.areas, SHOWN)
        told = _told(session, here.vault, caller, pairs)
        trail.record(session, caller, "duplicates_read", "resident", None, found=len(told))
    return {"items": told}


@route(
    blueprint,
    "POST",
    "/duplicates/<id:pair_id>/decision",
    policy=signed_in(*STAFF),
    body=DuplicateDecision,
    output=DuplicateState,
)
def decide_duplicate(caller: Caller, pair_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Merge into the survivor, keep apart for ever, or take the decision back."""
    here = house()
    decision, survivor_id = body["decision"], body["survivor_id"]
    if decision == "merge" and survivor_id is None:
        raise Refusal("survivor_missing")
    who = (caller.areas, pair_id)

    def work(session: Session) -> DuplicateCandidate:
        by, now = caller.account_id, here.clock()
        if decision == "merge":
            pair = merging.merge(session, here.vault, *who, survivor_id, by, now)
        elif decision == "keep_apart":
            pair = merging.keep_apart(session, here.vault, *who, by, now)
        else:
            pair = merging.undo(session, here.vault, *who, by, now)
        trail.record(
            session,
            caller,
            f"duplicate_{decision}",
            "resident",
            survivor_id or pair.resident_id,
            area_code=pair.township_code,
            pair_id=pair.id,
        )
        return pair

    pair = here.transact(work)
    return {"id": pair.id, "state": pair.state}


def _told(
    session: Session, vault: Vault, caller: Caller, pairs: Sequence[DuplicateCandidate]
) -> list[dict[str, Any]]:
    ids = {one for pair in pairs for one in (pair.resident_id, pair.other_id)}
    people = residents.by_ids(session, vault, ids)
    homes = residents.households_by_ids(
        session, vault, {r.household_id for r in people.values() if r.household_id}
    )
    villages = geo.names(session, {r.village_code for r in people.values()})
    enrolled = programmes.enrolments(session, list(people))
    visits = submissions.newest_of(session, ids, VISITS)
    today = local_date(house().clock())

    def side(one: Resident) -> dict[str, Any]:
        home = homes.get(one.household_id or "")
        known = villages.get(one.village_code)
        current = [e for e in enrolled.get(one.id, ()) if e.lasts_on(today)]
        return {
            "resident": masked(resident(one, current)),
            "village": {"code": one.village_code, "name": known.name if known else ""},
            "household_no": None if home is None else home.no,
            "address": None if home is None else home.address,
            "place": point(None if home is None else home.place),
            "visits": [_visit(visit) for visit in visits.get(one.id, ())],
        }

    return [
        {
            "id": pair.id,
            "state": pair.state,
            "verdict": pair.verdict.verdict,
            "score": round(pair.verdict.score, 4),
            "why": [
                {"field": name, "level": level, "bits": pair.verdict.weights.get(name, 0.0)}
                for name, level in pair.verdict.explanation.items()
            ],
            "sides": [side(people[one]) for one in (pair.resident_id, pair.other_id)],
        }
        for pair in pairs
        if all(
            one in people and caller.sees(people[one].village_code)
            for one in (pair.resident_id, pair.other_id)
        )
    ]


def _visit(one: Submission) -> dict[str, Any]:
    return {"service": one.service, "visit_date": one.visit_date, "state": one.state}
