"""The upper rungs of the ladder: whom to telephone, who gets a slip, how far each rung reaches."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Anonymous, Caller, Policy, anonymous, signed_in
from backend.api.reminders import read_cursor, write_cursor
from backend.api.requests import raw_body
from backend.api.routing import route
from backend.api.wire.calls import (
    CallOutcome,
    CallPage,
    CallQuery,
    GatewayReport,
    ReachQuery,
    ReachView,
    Receipt,
    SlipOutcome,
)
from backend.geo import service as geo
from backend.geo.rules import bounds
from backend.kernel.clock import SHANGHAI
from backend.kernel.errors import Refusal
from backend.reminders import reaching
from backend.reminders.forecast import doses_ahead
from backend.reminders.model import CALL, SLIP, Reminder
from backend.reminders.rules.receipts import receipted

blueprint = APIBlueprint("calls", __name__)

LONGEST_REACH_DAYS = 400


@route(blueprint, "POST", "/push/receipts", policy=anonymous(), body=Receipt)
def confirm_shown(caller: Anonymous, body: dict[str, Any]) -> None:
    """A phone showed a message. It says the same whether we knew it or not, and learns nothing."""
    here = house()
    reminder_id = receipted(here.settings.secrets.refresh, body["receipt"])
    if reminder_id is None:
        return
    with here.write() as session:
        if reaching.shown(session, reminder_id, here.clock()):
            trail.record(session, caller, "reminder_shown", "reminder", reminder_id)


def gateway_signature() -> Policy:
    """The SMS gateway: its signature over the body under the secret that we share."""
    return Policy("gateway", _gateway, security=("gateway",))


def _gateway() -> Anonymous:
    expected = hmac.new(house().settings.secrets.sms, raw_body(), sha256).hexdigest()
    told = request.headers.get("X-Suifang-Signature", "").encode()
    if not hmac.compare_digest(expected.encode(), told):
        raise Refusal("sign_in_needed")
    return Anonymous()


@route(blueprint, "POST", "/reminders/gateway", policy=gateway_signature(), body=GatewayReport)
def take_report(caller: Anonymous, body: dict[str, Any]) -> None:
    """The gateway tells that a message arrived, or that somebody wants no more of them."""
    here = house()
    now = here.clock()
    with here.write() as session:
        if body["kind"] == "stop":
            stopped = reaching.stop_by_number(session, here.vault, body.get("number", ""), now)
            trail.record(session, caller, "sms_stopped", "reminder", None, people=stopped)
        elif "id" in body and reaching.delivered(session, body["id"], now):
            trail.record(session, caller, "reminder_delivered", "reminder", body["id"])


@route(
    blueprint,
    "GET",
    "/reminders/calls",
    policy=signed_in("worker", "reviewer"),
    query=CallQuery,
    output=CallPage,
)
def list_calls(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Families whom no message reached, with the number to call; the longest waiting first.

    The number is shown whole, for it is there to be called: every look is written down.
    """
    here, village = house(), query.get("village")
    now = here.clock()
    with here.write() as session:
        found, last = reaching.waiting(
            session,
            here.vault,
            _ranges(caller, village),
            query["rung"],
            doses_ahead,
            now,
            read_cursor(query.get("cursor")),
            query["limit"],
        )
        trail.record(
            session, caller, "call_list_read", "area", village, area_code=village, count=len(found)
        )
        items = _lines(session, found)
    return {"items": items, "next_cursor": last and write_cursor(last)}


def _lines(session: Session, found: list[reaching.Waiting]) -> list[dict[str, Any]]:
    villages = geo.names(session, {one.child.village_code for one in found})
    return [
        {
            "id": one.reminder.id,
            "child": one.child,
            "village": {
                "code": one.child.village_code,
                "name": villages[one.child.village_code].name
                if one.child.village_code in villages
                else one.child.village_code,
            },
            "contact_name": one.child.contact_name,
            "number": one.number,
            "doses": [
                {"dose_id": dose.dose_id, "due": dose.due, "label": dose.label}
                for dose in one.doses
            ],
            "since": one.reminder.due_at,
            "calls": [{"at": each.at, "outcome": each.outcome.kind} for each in one.calls],
        }
        for one in found
    ]


@route(
    blueprint,
    "POST",
    "/reminders/<id:reminder_id>/call",
    policy=signed_in("worker", "reviewer"),
    body=CallOutcome,
)
def note_call(caller: Caller, reminder_id: str, body: dict[str, Any]) -> None:
    """What a call came to. ``stop`` ends every reminder of this family at once."""
    now = house().clock()
    with house().write() as session:
        reminder = _mine(session, caller, reminder_id, CALL)
        reaching.note_call(session, reminder, body["outcome"], caller.account_id, now)
        _written(session, caller, reminder, "family_called", body["outcome"])


@route(
    blueprint,
    "POST",
    "/reminders/<id:reminder_id>/slip",
    policy=signed_in("worker", "reviewer"),
    body=SlipOutcome,
)
def note_slip(caller: Caller, reminder_id: str, body: dict[str, Any]) -> None:
    """The printed slip was handed over."""
    now = house().clock()
    with house().write() as session:
        reminder = _mine(session, caller, reminder_id, SLIP)
        reaching.note_slip(session, reminder, body["outcome"], caller.account_id, now)
        _written(session, caller, reminder, "slip_handed_over", body["outcome"])


@route(
    blueprint,
    "GET",
    "/reminders/reach",
    policy=signed_in("reviewer", "supervisor"),
    query=ReachQuery,
    output=ReachView,
)
def read_reach(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """How far each rung reached in a time, what it cost, and how the messages ended."""
    since, until = query["since"], query["until"]
    if not since <= until <= since + timedelta(days=LONGEST_REACH_DAYS):
        raise Refusal("invalid_request", fields={"to": ["Not a time of at most 400 days."]})
    with house().read() as session:
        rungs, states = reaching.reach(
            session,
            _ranges(caller, query.get("village")),
            datetime(since.year, since.month, since.day, tzinfo=SHANGHAI),
            datetime(until.year, until.month, until.day, tzinfo=SHANGHAI) + timedelta(days=1),
        )
    return {"rungs": rungs, "states": states}


def _ranges(caller: Caller, village: str | None) -> list[tuple[str, str]]:
    if village is None:
        return caller.ranges()
    if not caller.sees(village):
        raise Refusal("not_found")
    return [bounds(village)]


def _mine(session: Session, caller: Caller, reminder_id: str, rung: str) -> Reminder:
    reminder = reaching.one_of(session, reminder_id)
    if not caller.sees(reminder.area_code):
        raise Refusal("not_found")
    return reaching.waiting_on(reminder, rung)


def _written(
    session: Session, caller: Caller, reminder: Reminder, action: str, outcome: str
) -> None:
    trail.record(
        session,
        caller,
        action,
        "resident",
        reminder.addressee_id,
        area_code=reminder.area_code,
        outcome=outcome,
    )
