"""What every page needs of the server before it can do anything."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api.house import house
from backend.api.policy import Anonymous, anonymous
from backend.api.routing import route
from backend.api.wire.accounts import Config
from backend.feed import service as feed
from backend.kernel.errors import Refusal
from backend.kernel.sealing import b64

blueprint = APIBlueprint("config", __name__)


@route(blueprint, "GET", "/config", policy=anonymous(), output=Config)
def read_config(_caller: Anonymous) -> dict[str, Any]:
    """Server time, epoch, the key to seal to, the key of web push, names."""
    with house().read() as session:
        return config(session)


def config(session: Session) -> dict[str, Any]:
    """The configuration as it travels.

    :raises Refusal: ``not_ready`` before the first ``flask setup``
    """
    here = house()
    try:
        epoch = feed.epoch(session)
    except LookupError:
        raise Refusal("not_ready", missing=["epoch"]) from None
    return {
        "server_time": here.clock(),
        "epoch": epoch,
        "seal": {"key_id": here.seal_key.key_id, "public_key": b64(here.seal_key.public)},
        "push_public_key": b64(here.push_public_key),
        "app_version": here.settings.app_version,
        "product_name": here.settings.product_name,
    }
