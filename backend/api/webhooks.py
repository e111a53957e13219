"""Webhooks of a county: other systems that are told when a submission came, changed, was decided.

What they are told holds no personal data; for the records they read an address of
:mod:`backend.api.csv_links` with its token.
"""

from __future__ import annotations

import secrets
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import narrowed
from backend.api.wire.webhooks import Deliveries, WebhookMade, WebhookRequest, Webhooks
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.webhooks import service as webhooks
from backend.webhooks.model import DELIVERED, FAILED, PLANNED, Webhook
from backend.webhooks.rules.signing import SECRET_BYTES, shown

blueprint = APIBlueprint("webhooks", __name__)

_SHOWN = 50


@route(
    blueprint,
    "POST",
    "/webhooks",
    policy=signed_in("supervisor"),
    body=WebhookRequest,
    output=WebhookMade,
    status=201,
)
def make_webhook(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Tell an address from now on; the secret of the signatures is shown once."""
    here, area = house(), body["area"]
    narrowed(caller, area)
    secret = secrets.token_bytes(SECRET_BYTES)
    made = Webhook(
        id=new_id(),
        area_code=area,
        url=body["url"].strip(),
        events=tuple(dict.fromkeys(body["events"])),
        note=body["note"].strip(),
        made_by=caller.account_id,
        made_at=here.clock(),
    )
    with here.write() as session:
        webhooks.begin(session, here.vault, made, secret)
        trail.record(
            session, caller, "webhook_made", "webhook", made.id, area_code=area, note=made.note
        )
        return _told(session, [made])[0] | {"secret": shown(secret)}


@route(blueprint, "GET", "/webhooks", policy=signed_in("supervisor"), output=Webhooks)
def list_webhooks(caller: Caller) -> dict[str, Any]:
    """The webhooks of the caller's areas, whoever made them; ended ones too."""
    with house().read() as session:
        return {"items": _told(session, webhooks.inside(session, caller.areas))}


@route(blueprint, "DELETE", "/webhooks/<id:webhook_id>", policy=signed_in("supervisor"))
def end_webhook(caller: Caller, webhook_id: str) -> None:
    """Tell an address nothing any more."""
    with house().write() as session:
        found = _mine(session, caller, webhook_id)
        webhooks.end(session, webhook_id, house().clock())
        trail.record(
            session, caller, "webhook_ended", "webhook", webhook_id, area_code=found.area_code
        )


@route(
    blueprint,
    "GET",
    "/webhooks/<id:webhook_id>/deliveries",
    policy=signed_in("supervisor"),
    output=Deliveries,
)
def list_deliveries(caller: Caller, webhook_id: str) -> dict[str, Any]:
    """The last fifty deliveries of a webhook, the newest first."""
    with house().read() as session:
        _mine(session, caller, webhook_id)
        return {"items": webhooks.latest(session, webhook_id, _SHOWN)}


@route(
    blueprint,
    "POST",
    "/webhooks/<id:webhook_id>/test",
    policy=signed_in("supervisor"),
    output=Deliveries,
)
def try_webhook(caller: Caller, webhook_id: str) -> dict[str, Any]:
    """Send an event that means nothing."""
    with house().write() as session:
        found = _live(_mine(session, caller, webhook_id))
        webhooks.try_out(session, found, house().clock())
        trail.record(
            session, caller, "webhook_tried", "webhook", webhook_id, area_code=found.area_code
        )
        return {"items": webhooks.latest(session, webhook_id, _SHOWN)}


@route(
    blueprint,
    "POST",
    "/webhooks/deliveries/<id:delivery_id>/again",
    policy=signed_in("supervisor"),
    output=Deliveries,
)
def send_delivery_again(caller: Caller, delivery_id: str) -> dict[str, Any]:
    """Make a delivery once more, under its own id."""
    with house().write() as session:
        one = webhooks.delivery(session, delivery_id)
        if one is None:
            raise Refusal("not_found")
        found = _live(_mine(session, caller, one.webhook_id))
        webhooks.send_again(session, delivery_id, house().clock())
        trail.record(
            session, caller, "webhook_sent_again", "webhook", found.id,
            area_code=found.area_code, delivery_id=delivery_id,
        )  # fmt: skip
        return {"items": webhooks.latest(session, found.id, _SHOWN)}


def _mine(session: Session, caller: Caller, webhook_id: str) -> Webhook:
    found = webhooks.by_id(session, webhook_id)
    if found is None or not caller.sees(found.area_code):
        raise Refusal("not_found")
    return found


def _live(found: Webhook) -> Webhook:
    if found.ended_at is not None:
        raise Refusal("webhook_ended")
    return found


def _told(session: Session, found: list[Webhook]) -> list[dict[str, Any]]:
    counts = webhooks.standing(session, [one.id for one in found])
    return [
        {
            **{name: value for name, value in vars(one).items() if name != "secret"},
            "standing": {
                state: counts.get((one.id, state), 0) for state in (DELIVERED, PLANNED, FAILED)
            },
        }
        for one in found
    ]
