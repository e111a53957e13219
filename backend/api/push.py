"""Push for the people who sign in: doctors on their phones, staff at the desk."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.wire.push import PushEnd, PushRequest
from backend.reminders import service as reminders
from backend.reminders.model import ACCOUNT, Subscription

blueprint = APIBlueprint("push", __name__)


@route(blueprint, "POST", "/push/subscriptions", policy=signed_in(), body=PushRequest)
def subscribe(caller: Caller, body: dict[str, Any]) -> None:
    """Tell this browser from now on. Asked again, it renews."""
    with house().write() as session:
        keep_address(session, (ACCOUNT, caller.account_id), body, caller.device_id)
        trail.record(session, caller, "push_subscribed", "account", caller.account_id)


@route(blueprint, "DELETE", "/push/subscriptions", policy=signed_in(), body=PushEnd)
def unsubscribe(caller: Caller, body: dict[str, Any]) -> None:
    """Tell this browser nothing any more; one that never was told is fine too."""
    here = house()
    with here.write() as session:
        if reminders.unsubscribe(session, caller.account_id, body["endpoint"], here.clock()):
            trail.record(session, caller, "push_unsubscribed", "account", caller.account_id)


def keep_address(
    session: Session, owner: tuple[str, str], body: dict[str, Any], device_id: str | None = None
) -> None:
    """Keep the address of a :class:`PushRequest`.

    :param owner: kind and id of whom it belongs to
    :raises Refusal: ``push_endpoint_refused``
    """
    here = house()
    reminders.subscribe(
        session,
        here.vault,
        Subscription(
            id="",
            owner_kind=owner[0],
            owner_id=owner[1],
            endpoint=body["endpoint"],
            p256dh=body["keys"]["p256dh"],
            auth=body["keys"]["auth"],
            language=body["language"],
            device_id=device_id,
            key_id=here.push_key_id,
        ),
        here.clock(),
        hosts=here.settings.push_hosts,
        test_origin=here.settings.push_test,
    )
