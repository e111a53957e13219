"""A village passes from one doctor to another: areas, households, and with them tasks and sync."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from marshmallow import fields, validate

from backend.accounts.service import administration
from backend.api import trail
from backend.api.accounts import staff_over
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.common import Id, Wire
from backend.kernel.errors import Refusal
from backend.residents.store import registers
from backend.submissions.store import turns

blueprint = APIBlueprint("transfers", __name__)


class TransferRequest(Wire):
    from_id = Id(required=True)
    to_id = Id(required=True)
    reason = fields.String(required=True, validate=validate.Length(3, 200))


class Transferred(Wire):
    households = fields.Integer(required=True)


@route(
    blueprint,
    "POST",
    "/areas/<area:village_code>/transfer",
    policy=signed_in(*STAFF),
    body=TransferRequest,
    output=Transferred,
)
def transfer_village(caller: Caller, village_code: str, body: dict[str, Any]) -> dict[str, Any]:
    """Give a doctor's village to another doctor, in one act.

    Tasks hang on the village, so they go along; both phones notice the change of scope at their
    next sync. What the first doctor's phone still holds unsent is kept for a person to look at.
    """
    here = house()
    with here.write() as session:
        if not caller.sees(village_code) or body["from_id"] == body["to_id"]:
            raise Refusal("not_found")
        giver = staff_over(session, caller, body["from_id"])
        taker = staff_over(session, caller, body["to_id"])
        if (giver.role, taker.role) != ("worker", "worker"):
            raise Refusal("not_found")
        if village_code not in giver.areas:
            raise Refusal("village_not_theirs", name=giver.name)
        homes = registers.households_of(session, village_code, giver.id)
        turns.take(session, homes)  # a visit on its way writes the household as it read it
        registers.hand_over(session, homes, village_code, taker.id, here.clock())
        left = [code for code in giver.areas if code != village_code]
        administration.set_areas(session, giver.id, left)
        administration.set_areas(session, taker.id, [*taker.areas, village_code])
        trail.record(
            session,
            caller,
            "village_transferred",
            "area",
            village_code,
            area_code=village_code,
            from_id=giver.id,
            to_id=taker.id,
            households=len(homes),
            reason=body["reason"].strip(),
        )
    return {"households": len(homes)}
