"""What was kept aside, for the township to look at."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.problems import sentence_of
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.common import MAX_ITEMS
from backend.api.wire.submissions import DismissRequest, QuarantineList
from backend.kernel.errors import Refusal
from backend.submissions.store import quarantine

blueprint = APIBlueprint("quarantine", __name__)


@route(blueprint, "GET", "/quarantine", policy=signed_in(*STAFF), output=QuarantineList)
def list_quarantine(caller: Caller) -> dict[str, Any]:
    """Envelopes that wait for a person or for their parent, newest first."""
    here = house()
    with here.read() as session:
        found = quarantine.open_entries(session, here.vault, caller.areas, MAX_ITEMS)
        names = accounts.names(session, {e.account_id for e in found if e.account_id})
        devices = accounts.devices_of(session, {e.account_id for e in found if e.account_id})
    phones = {device.id: device.name for device in devices}
    return {
        "items": [
            {
                "id": entry.id,
                "envelope_id": entry.envelope_id,
                "kind": entry.kind,
                "reason": entry.reason,
                "message": sentence_of("receipt", entry.reason),
                "device_name": phones.get(entry.device_id or ""),
                "worker_name": names.get(entry.account_id or ""),
                "received_at": entry.received_at,
            }
            for entry in found
        ]
    }


@route(
    blueprint,
    "POST",
    "/quarantine/<id:entry_id>/dismiss",
    policy=signed_in(*STAFF),
    body=DismissRequest,
)
def dismiss(caller: Caller, entry_id: str, body: dict[str, Any]) -> None:
    """Take an entry off the list. The envelope itself is kept."""
    here = house()
    with here.write() as session:
        entry = quarantine.entry(session, here.vault, entry_id)
        if entry is None or entry.township_code is None or not caller.sees(entry.township_code):
            raise Refusal("not_found")
        quarantine.settle(session, entry_id, "dismissed", here.clock())
        trail.record(
            session,
            caller,
            "quarantine_dismissed",
            "envelope",
            entry.envelope_id,
            area_code=entry.township_code,
            reason=body["reason"],
        )
