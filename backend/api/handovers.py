"""The queue of a phone that cannot go online, taken in at the desk from the file it wrote.

The same as ``flask handover take``: every envelope is sealed and signed as if it had travelled, so
whoever carries the file can neither read nor change it, and the line takes each exactly once. Here
it comes in pieces that the browser cuts from the file, so that no request holds all photos.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.model import Account, DeviceFacts
from backend.api import trail
from backend.api.accounts import covered, staff_over
from backend.api.desk_lines import lines
from backend.api.house import house, line
from backend.api.policy import Caller, signed_in
from backend.api.problems import sentence_of
from backend.api.receipts import DONE
from backend.api.requests import raw_body
from backend.api.routing import route
from backend.api.wire.attachments import OCTETS, PartQuery, PartTaken
from backend.api.wire.handovers import HandoverReceipts, HandoverRecords
from backend.attachments.model import Part, Progress
from backend.attachments.rules.uploads import MAX_PART
from backend.audit.model import Actor
from backend.intake.model import Receipt, Sender
from backend.kernel.errors import Refusal
from backend.submissions.store import submissions

blueprint = APIBlueprint("handovers", __name__)


@route(
    blueprint,
    "POST",
    "/handovers/records",
    policy=signed_in("reviewer", "supervisor"),
    body=HandoverRecords,
    output=HandoverReceipts,
)
def take_records(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Take records of a phone of the caller's areas; a receipt with its name for each."""
    here, envelopes = house(), body["envelopes"]
    with here.read() as session:
        device, account = _phone(session, caller, body["device_id"])
    receipts = line().receive(envelopes, Sender(trail.actor(caller), trail.request_id()))
    with here.write() as session:
        trail.record(
            session,
            caller,
            "handover_taken",
            "device",
            device.id,
            area_code=covered(caller, account),
            **Counter(receipt.status for receipt in receipts),
        )
        return {
            "worker_name": account.name,
            "device_name": device.name,
            "received_at": here.clock(),
            "records": _told(session, caller, envelopes, receipts),
        }


@route(
    blueprint,
    "PUT",
    "/handovers/<id:device_id>/pictures/<sha256:sha256>",
    policy=signed_in("reviewer", "supervisor"),
    query=PartQuery,
    output=PartTaken,
    octets=True,
)
def take_part(caller: Caller, device_id: str, sha256: str, query: dict[str, Any]) -> Progress:
    """Take one part of a sealed picture out of the file. It is the phone's, as if it had brought
    it: who carries it cannot put another in its place, whose hash no envelope names.
    """
    here = house()
    with here.read() as session:
        device, _ = _phone(session, caller, device_id)
    if request.mimetype != OCTETS:
        raise Refusal("not_octets")
    data = raw_body()
    if len(data) > MAX_PART:
        raise Refusal("too_large", limit=MAX_PART)
    carrier = Actor(trail.actor(caller).kind, caller.account_id, device.id)
    part = Part(sha256=sha256, data=data, **query)
    return here.uploads.take(carrier, part, trail.request_id())


def _phone(session: Session, caller: Caller, device_id: str) -> tuple[DeviceFacts, Account]:
    """The phone and its doctor, of whom the caller has to see at least one area.

    :raises Refusal: ``not_found``, also for a phone of elsewhere (S04)
    """
    facts = accounts.device(session, device_id)
    if facts is None:
        raise Refusal("not_found")
    return facts, staff_over(session, caller, facts.account_id, to_stop=True)


def _told(
    session: Session, caller: Caller, envelopes: Sequence[Any], receipts: Sequence[Receipt]
) -> list[dict[str, Any]]:
    ids = [one.submission_id for one in receipts if one.submission_id]
    seen = [s for s in submissions.by_ids(session, ids).values() if caller.sees(s.village_code)]
    named = {told["id"]: told for told in lines(session, seen)}
    return [
        {
            "id": receipt.id,
            "seq": _seq(envelope),
            "status": receipt.status,
            "message": None
            if receipt.status in DONE
            else sentence_of("receipt", receipt.reason or receipt.status),
            "submission_id": receipt.submission_id if receipt.submission_id in named else None,
            **{
                fact: named.get(receipt.submission_id or "", {}).get(fact)
                for fact in ("form", "subject", "visit_date")
            },
        }
        for envelope, receipt in zip(envelopes, receipts, strict=True)
    ]


def _seq(envelope: Any) -> int | None:
    seq = envelope.get("seq") if isinstance(envelope, dict) else None
    return seq if isinstance(seq, int) and 0 < seq < 2**31 else None
