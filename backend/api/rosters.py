"""Rosters of residents, brought in by the township."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.rosters import (
    RosterFile,
    RosterList,
    RosterLook,
    RosterTaking,
    RosterUndone,
    RosterView,
    line,
    roster,
)
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.rosters import service as rosters
from backend.rosters.model import NEW, Judged, Roster

blueprint = APIBlueprint("rosters", __name__)

SHOWN_NEW = 20
SHOWN_OTHERS = 400


@route(
    blueprint,
    "POST",
    "/rosters/look",
    policy=signed_in(*STAFF),
    body=RosterFile,
    output=RosterLook,
)
def look_at_roster(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Read a file and match every row with the register, before anything is written."""
    found = _look(caller, body)
    counts = Counter(one.state for one in found.lines)
    with house().write() as session:
        trail.record(
            session, caller, "roster_looked_at", "roster", body["id"], rows=len(found.lines)
        )
    return {
        "headings": found.table.headings,
        "columns": found.columns,
        "rows": len(found.lines),
        "counts": dict(counts),
        "items": [line(one, caller.sees) for one in _shown(found.lines)],
    }


def _look(caller: Caller, body: dict[str, Any]) -> rosters.Looked:
    here, village = house(), body["village_code"]
    if village is not None and not caller.sees(village):
        raise Refusal("not_found")
    try:
        content = b64decode(body["content"], validate=True)
    except ValueError:  # also where it holds what is no ASCII
        raise Refusal("roster_unreadable") from None
    asked = rosters.Asked(body["id"], content, body["columns"], village)
    with here.read() as session:
        return rosters.look(
            session,
            here.vault,
            caller.areas,
            asked,
            schemas=here.settings.schemas,
            today=local_date(here.clock()),
        )


def _shown(lines: Any) -> list[Judged]:
    """Rows that need eyes, and the first of those that do not."""
    eyes = [one for one in lines if one.state != NEW or one.line.doubts or one.pairs]
    plain = [one for one in lines if one.state == NEW and not one.line.doubts and not one.pairs]
    return [*eyes[:SHOWN_OTHERS], *plain[:SHOWN_NEW]]


@route(
    blueprint, "POST", "/rosters", policy=signed_in(*STAFF), body=RosterTaking, output=RosterView
)
def take_roster(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Write the rows that are new, and those that somebody said are other people."""
    here, found = house(), _look(caller, body)
    chosen = rosters.wanted(found.lines, set(body["also"]), set(body["without"]))
    if not chosen:
        raise Refusal("roster_brings_nobody")
    with here.read() as session:
        begun = rosters.begun(session, body["id"], caller.account_id)
    now = here.clock() if begun is None else begun.taken_at
    written = frozenset(() if begun is None else begun.residents)
    done = Roster(
        body["id"], body["file_name"], rosters.area_of(chosen), (), (),
        len(found.lines) - len(chosen), caller.account_id, now,
    )  # fmt: skip
    left = [one for one in chosen if one.line.resident and one.line.resident.id not in written]
    for part in rosters.parts(left):

        def work(session: Session, part: list[Judged] = part) -> Roster:
            trail.record(
                session, caller, "roster_taken", "roster", body["id"],
                area_code=done.area_code, residents=len(part),
            )  # fmt: skip
            return rosters.take(session, here.vault, done, part, now)

        here.transact(work)
    with here.read() as session:
        kept = rosters.begun(session, body["id"], caller.account_id)
    return roster(kept or done)


@route(blueprint, "GET", "/rosters", policy=signed_in(*STAFF), output=RosterList)
def list_rosters(caller: Caller) -> dict[str, Any]:
    """Rosters brought into the caller's areas, the newest first."""
    with house().read() as session:
        return {"items": [roster(one) for one in rosters.newest(session, caller.areas)]}


@route(
    blueprint,
    "POST",
    "/rosters/<id:roster_id>/undo",
    policy=signed_in(*STAFF),
    output=RosterUndone,
)
def undo_roster(caller: Caller, roster_id: str) -> dict[str, Any]:
    """Within a day: take out of the register whom nobody has visited or changed since."""
    here = house()
    now = here.clock()

    def begin(session: Session) -> Roster:
        found = rosters.to_undo(session, caller.areas, roster_id, now)
        trail.record(
            session, caller, "roster_undone", "roster", roster_id, area_code=found.area_code
        )
        return found

    found = here.transact(begin)
    removed = rosters.undo(here.transact, found, caller.account_id, now)
    return {"id": roster_id, "removed": removed, "kept": len(found.residents) - removed}
