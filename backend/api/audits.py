"""Sampling audits: draw residents, call them, count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.review import AuditDetail, AuditList, AuditRequest, InterviewRequest
from backend.forms import service as forms
from backend.geo import service as geo
from backend.kernel.errors import Refusal
from backend.residents import service as residents
from backend.review.model import Audit, AuditItem
from backend.review.rules.sampling import agreement
from backend.review.service import audits
from backend.submissions.store import submissions

blueprint = APIBlueprint("audits", __name__)


@route(blueprint, "GET", "/review/audits", policy=signed_in(*STAFF), output=AuditList)
def list_audits(caller: Caller) -> dict[str, Any]:
    """The audits of the caller's areas, the newest first."""
    with house().read() as session:
        found = audits.inside(session, caller.areas)
        items = audits.items(session, [one.id for one in found])
        return {"items": _lines(session, found, items)}


@route(
    blueprint,
    "POST",
    "/review/audits",
    policy=signed_in(*STAFF),
    body=AuditRequest,
    output=AuditDetail,
)
def draw_audit(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Draw a sample; the same seed draws the same residents as long as the register is the same."""
    here, area = house(), body["area_code"]
    if not caller.sees(area):
        raise Refusal("not_found")
    with here.write() as session:
        drawn = audits.draw(
            session,
            area,
            body["programme"],
            (body["from_on"], body["to_on"]),
            body["method"],
            body["size"],
            body["seed"],
            caller.account_id,
            here.clock(),
        )
        trail.record(
            session, caller, "audit_drawn", "audit", drawn.id, area_code=area, seed=drawn.seed
        )
        return _detail(session, drawn)


@route(
    blueprint,
    "GET",
    "/review/audits/<id:audit_id>",
    policy=signed_in(*STAFF),
    output=AuditDetail,
)
def read_audit(caller: Caller, audit_id: str) -> dict[str, Any]:
    """An audit with its residents and their telephone numbers."""
    with house().write() as session:
        found = _one(session, caller, audit_id)
        trail.record(session, caller, "audit_read", "audit", audit_id, area_code=found.area_code)
        return _detail(session, found)


@route(
    blueprint,
    "POST",
    "/review/audits/<id:audit_id>/interviews/<int:no>",
    policy=signed_in(*STAFF),
    body=InterviewRequest,
    output=AuditDetail,
)
def interview(caller: Caller, audit_id: str, no: int, body: dict[str, Any]) -> dict[str, Any]:
    """Keep what a resident of the sample said on the telephone."""
    here = house()
    with here.write() as session:
        found = _one(session, caller, audit_id)
        items = {one.no: one for one in audits.items(session, [audit_id])[audit_id]}
        if no not in items:
            raise Refusal("not_found")
        audits.ask(
            session,
            here.vault,
            items[no],
            body["form_version"],
            body["answers"],
            caller.account_id,
            here.clock(),
        )
        trail.record(
            session,
            caller,
            "audit_interview",
            "resident",
            items[no].resident_id,
            area_code=items[no].village_code,
            audit_id=audit_id,
        )
        return _detail(session, found)


def _one(session: Session, caller: Caller, audit_id: str) -> Audit:
    found = audits.by_id(session, audit_id)
    if found is None or not caller.sees(found.area_code):
        raise Refusal("not_found")
    return found


def _lines(
    session: Session, found: Sequence[Audit], items: dict[str, list[AuditItem]]
) -> list[dict[str, Any]]:
    areas = geo.names(session, {one.area_code for one in found})
    names = accounts.names(session, {one.drawn_by for one in found})
    return [
        asdict(one)
        | {
            "area": {"code": one.area_code, "name": areas[one.area_code].name},
            "drawn_by": names.get(one.drawn_by, ""),
        }
        | asdict(agreement([(item.answered_by, item.agrees) for item in items[one.id]]))
        for one in found
    ]


def _detail(session: Session, one: Audit) -> dict[str, Any]:
    items = audits.items(session, [one.id])
    mine = items[one.id]
    people = residents.by_ids(session, house().vault, {item.resident_id for item in mine})
    visits = submissions.by_ids(session, {item.submission_id for item in mine})
    villages = geo.names(session, {item.village_code for item in mine})
    workers = accounts.names(session, {item.worker_id for item in mine})
    newest = max(f.version for f in forms.current(session) if f.key == audits.INTERVIEW)
    told = []
    for item in mine:
        person = people[item.resident_id]
        told.append(
            {
                "no": item.no,
                "subject": {
                    "kind": "resident",
                    "id": person.id,
                    "name": person.name,
                    "sex": person.sex,
                    "birth_date": person.birth_date,
                },
                "phone": person.phone or person.contact_phone,
                "village": {"code": item.village_code, "name": villages[item.village_code].name},
                "worker": {"id": item.worker_id, "name": workers.get(item.worker_id, "")},
                "submission_id": item.submission_id,
                "visit_date": visits[item.submission_id].visit_date,
                "answered_by": item.answered_by,
                "agrees": item.agrees,
                "difference": (item.answers or {}).get("difference"),
                "asked_at": item.asked_at,
            }
        )
    return _lines(session, [one], items)[0] | {"form_version": newest, "items": told}
