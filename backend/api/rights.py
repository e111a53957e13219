"""The desk's page of a resident's rights: consents, requests, the copy, out of use and in again."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.exports import file, hashed, read_out, waiting_file
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.exports import XLSX
from backend.api.wire.rights import (
    RightsAnswer,
    RightsAsked,
    RightsReason,
    RightsRequestView,
    StandingView,
    WaitingRequests,
)
from backend.audit import service as audit
from backend.audit.model import AuditEntry
from backend.exports.model import Mark
from backend.exports.rules.own_copy import Told, sheets
from backend.exports.writing import Workbook
from backend.forms import service as forms
from backend.geo import service as geo
from backend.immunization import service as immunization
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.programmes import service as programmes
from backend.residents import service as residents
from backend.residents.model import Resident
from backend.residents.store import family
from backend.rights import service as rights
from backend.rights.model import COPY, OPEN, RightsRequest
from backend.rights.rules import answered_by_sealing
from backend.submissions import service as records
from backend.submissions.model import Asked
from backend.submissions.store import submissions

blueprint = APIBlueprint("rights", __name__)

SHOWN = 100
LOOKS_SHOWN = 20


@route(
    blueprint,
    "GET",
    "/residents/<id:resident_id>/rights",
    policy=signed_in(*STAFF),
    output=StandingView,
)
def read_rights(caller: Caller, resident_id: str) -> dict[str, Any]:
    """What a resident agreed to and asked for, what must be kept, who looked at them last."""
    here = house()
    with here.write() as session:
        resident = _theirs(session, caller, resident_id)
        _record(session, caller, "rights_read", resident)
        found = rights.standing(session, here.vault, resident_id, local_date(here.clock()))
        looks = audit.of_object(session, "resident", resident_id)
        names = _names(session, looks)
    return {
        **vars(found),
        "looks": [
            {"at": one.at, "action": one.action, "by": names.get(one.actor.id or "", "")}
            for one in reversed(looks[-LOOKS_SHOWN:])
        ],
    }


@route(blueprint, "GET", "/rights/requests", policy=signed_in(*STAFF), output=WaitingRequests)
def list_rights_requests(caller: Caller) -> dict[str, Any]:
    """Requests of the caller's areas that wait for an answer, the most pressing first."""
    here = house()
    with here.write() as session:
        found = rights.waiting(session, here.vault, caller.areas, SHOWN)
        people = residents.by_ids(session, here.vault, {one.resident_id for one in found})
        trail.record(session, caller, "rights_requests_listed", "resident", None, found=len(found))
    return {
        "items": [
            vars(one) | {"name": people[one.resident_id].name if one.resident_id in people else ""}
            for one in found
        ]
    }


@route(
    blueprint,
    "POST",
    "/residents/<id:resident_id>/rights/requests",
    policy=signed_in(*STAFF),
    body=RightsAsked,
    output=RightsRequestView,
    status=201,
)
def take_rights_request(caller: Caller, resident_id: str, body: dict[str, Any]) -> RightsRequest:
    """Take down what somebody asks about a resident's data."""
    here = house()
    with here.write() as session:
        resident = _theirs(session, caller, resident_id)
        taken = rights.receive(
            session, here.vault, resident, body["id"], body, caller.account_id, here.clock()
        )
        _record(session, caller, "rights_asked", resident, kind=taken.kind, asked_by=taken.asked_by)
    return taken


@route(
    blueprint,
    "POST",
    "/rights/requests/<id:request_id>/answer",
    policy=signed_in(*STAFF),
    body=RightsAnswer,
    output=RightsRequestView,
)
def answer_rights_request(caller: Caller, request_id: str, body: dict[str, Any]) -> RightsRequest:
    """Answer a request. A deletion that is granted is carried out with it."""
    here = house()

    def work(session: Session) -> RightsRequest:
        asked, resident = _asked(session, caller, request_id)
        verdict = body["verdict"]
        done = rights.answer(
            session, here.vault, asked, verdict, body["outcome"], caller.account_id, here.clock()
        )
        _record(session, caller, "rights_answered", resident, kind=asked.kind, verdict=verdict)
        if answered_by_sealing(asked.kind, verdict):
            _record(session, caller, "resident_sealed", resident)
        return done

    return here.transact(work)


@route(
    blueprint,
    "POST",
    "/rights/requests/<id:request_id>/copy",
    policy=signed_in(*STAFF),
    octets={XLSX: {"schema": {"type": "string"}}},
)
def copy_for_resident(caller: Caller, request_id: str) -> Response:
    """Everything that is kept of the resident who asked, to be handed over (PIPL 45)."""
    here, now = house(), house().clock()
    with here.write() as session:
        asked, resident = _asked(session, caller, request_id)
        if asked.kind != COPY or asked.state != OPEN:
            raise Refusal("decided_meanwhile")
        by = accounts.names(session, [caller.account_id]).get(caller.account_id, "")
        mark = Mark(new_id(), by, now, "居民本人申请复制")
        _record(session, caller, "exported", resident, export_id=mark.id, format="own_copy")
        told = _told(session, resident)
    out = waiting_file()
    book = Workbook(out, mark)
    for name, head, rows in sheets(told):
        book.sheet(name, head, rows, title="个人信息副本")
    book.close()
    out.seek(0)
    return file(hashed(caller, mark, read_out(out)), XLSX, f"{resident.id}.xlsx")


@route(
    blueprint,
    "DELETE",
    "/residents/<id:resident_id>/consents/<string:purpose>",
    policy=signed_in(*STAFF),
)
def withdraw_consent(caller: Caller, resident_id: str, purpose: str) -> None:
    """The family no longer agrees: it ends at once, with what was planned on it (PIPL 15)."""
    here = house()
    with here.write() as session:
        resident = _theirs(session, caller, resident_id)
        if purpose not in rights.PURPOSES:
            raise Refusal("not_found")
        if rights.withdraw(session, resident_id, purpose, here.clock()):
            _record(session, caller, "consent_withdrawn", resident, purpose=purpose)


@route(
    blueprint,
    "POST",
    "/residents/<id:resident_id>/rights/unsealing",
    policy=signed_in("supervisor"),
    body=RightsReason,
    output=StandingView,
)
def unseal_resident(caller: Caller, resident_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Put a resident back into use, with the reason: a mistake, or an authority that asks."""
    here = house()

    def work(session: Session) -> None:
        _theirs(session, caller, resident_id)
        again = rights.unseal(session, here.vault, resident_id, here.clock())
        _record(session, caller, "resident_unsealed", again, reason=body["reason"].strip())

    here.transact(work)
    return read_rights(caller, resident_id)


def _theirs(session: Session, caller: Caller, resident_id: str) -> Resident:
    found = residents.by_ids(session, house().vault, [resident_id]).get(resident_id)
    if found is None or not caller.sees(found.village_code):
        raise Refusal("not_found")
    return found


def _asked(session: Session, caller: Caller, request_id: str) -> tuple[RightsRequest, Resident]:
    asked = rights.find(session, house().vault, request_id)
    if asked is None:
        raise Refusal("not_found")
    return asked, _theirs(session, caller, asked.resident_id)


def _record(
    session: Session, caller: Caller, action: str, resident: Resident, **detail: Any
) -> None:
    trail.record(
        session,
        caller,
        action,
        "resident",
        resident.id,
        area_code=resident.village_code,
        **detail,
    )


def _names(session: Session, looks: list[AuditEntry]) -> dict[str, str]:
    return accounts.names(session, {one.actor.id for one in looks if one.actor.id})


def _told(session: Session, resident: Resident) -> Told:
    """Whatever is kept of a resident, private answers included: it is theirs."""
    vault = house().vault
    history = submissions.history(session, Asked(frozenset({resident.id})))
    newest = records.with_newest_versions(session, vault, [one.id for one in history])
    bundles = {
        key: bundle
        for key in {(one.form_key, one.form_version) for one in history}
        if (bundle := forms.bundle(session, *key)) is not None
    }
    villages = geo.names(session, [resident.village_code])
    looks = audit.of_object(session, "resident", resident.id)
    return Told(
        resident=resident,
        village=villages[resident.village_code].name if villages else "",
        enrolments=programmes.enrolments(session, [resident.id]).get(resident.id, []),
        records=[
            (one, newest[one.id][1].answers, bundles[one.form_key, one.form_version])
            for one in history
            if (one.form_key, one.form_version) in bundles
        ],
        workers=accounts.names(session, {one.worker_id for one in history}),
        doses=immunization.doses_of(session, [resident.id])[resident.id],
        consents=family.consents_of(session, resident.id),
        looks=looks,
        lookers=_names(session, looks),
    )
