"""Reactions that families told of: seen and answered by the township."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.clinic import AnswerRequest, ReactionLine, ReactionsAnswer, ReactionsQuery
from backend.clinic import service as clinic, store
from backend.clinic.model import Reaction
from backend.geo import service as geo
from backend.kernel.errors import Refusal
from backend.reminders import service as reminders
from backend.residents import service as residents

blueprint = APIBlueprint("reactions", __name__)

SHOWN = 200


@route(
    blueprint,
    "GET",
    "/reactions",
    policy=signed_in(*STAFF),
    query=ReactionsQuery,
    output=ReactionsAnswer,
)
def list_reactions(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """What families told of, what cannot wait first; and how many wait for an answer."""
    here = house()
    areas = narrowed(caller, query.get("area"))
    with here.write() as session:
        found = store.reactions(session, here.vault, areas, query["state"], SHOWN)
        waiting, urgent = store.count_open(session, areas)
        trail.record(session, caller, "reactions_read", "area", query.get("area"), count=len(found))
        return {"items": _lines(session, areas, found), "open": waiting, "urgent": urgent}


@route(
    blueprint,
    "POST",
    "/reactions/<id:reaction_id>/answer",
    policy=signed_in(*STAFF),
    body=AnswerRequest,
    output=ReactionLine,
)
def answer_reaction(caller: Caller, reaction_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Answer the family; what was done stands beside it."""
    here = house()
    with here.write() as session:
        told = store.reaction(session, here.vault, reaction_id)
        if told is None or not caller.sees(told.village_code):
            raise Refusal("not_found")
        answered = clinic.answer_reaction(
            session,
            here.vault,
            told,
            caller.account_id,
            body["answer"],
            body["action"],
            here.clock(),
        )
        reminders.cancel_reaction(session, reaction_id, here.clock())
        trail.record(
            session,
            caller,
            "reaction_answered",
            "reaction",
            reaction_id,
            area_code=told.village_code,
            done=body["action"],
        )
        return _lines(session, caller.areas, [answered])[0]


def _lines(
    session: Session, areas: Sequence[str], found: Sequence[Reaction]
) -> list[dict[str, Any]]:
    children = residents.survivors(session, house().vault, {one.child_id for one in found})
    villages = geo.names(session, {one.village_code for one in found})
    names = accounts.names(session, {one.answered_by for one in found if one.answered_by})
    reported = clinic.aefi_on(session, areas, found)
    lines = []
    for one in found:
        child = children.get(one.child_id)
        filed = reported.get(one.child_id)
        lines.append(
            {
                **vars(one),
                "child_name": child and child.name,
                "birth_date": child and child.birth_date,
                "phone": one.phone or (child and (child.contact_phone or child.phone)),
                "village_name": villages[one.village_code].name
                if one.village_code in villages
                else one.village_code,
                "answered_by_name": names.get(one.answered_by or ""),
                "aefi_on": filed if filed is not None and filed >= one.onset_on else None,
            }
        )
    return lines
