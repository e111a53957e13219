"""Whether the server lives, and whether the line is open."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from marshmallow import fields
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.api.house import house
from backend.api.policy import Anonymous, anonymous
from backend.api.problems import problem
from backend.api.routing import route
from backend.api.wire.common import Wire
from backend.feed import service as feed
from backend.forms import service as forms
from backend.schema_version import current, wanted

blueprint = APIBlueprint("health", __name__)


class Health(Wire):
    """All is well."""

    status = fields.String(required=True)


@route(blueprint, "GET", "/health/live", policy=anonymous(), output=Health)
def live(_caller: Anonymous) -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


@route(blueprint, "GET", "/health/ready", policy=anonymous(), output=Health)
def ready(_caller: Anonymous) -> dict[str, Any] | Response:
    """A submission sent now would be taken; else 503 with what is missing."""
    try:
        with house().read() as session:
            missing = _missing(session)
    except DBAPIError:
        missing = ["database"]
    if missing:
        return problem("not_ready", {"missing": missing})
    return {"status": "ok"}


def _missing(session: Session) -> list[str]:
    if current(session) != wanted(house().settings.migrations):
        return ["schema"]
    missing = []
    try:
        feed.epoch(session)
    except LookupError:
        missing.append("epoch")
    if not forms.current(session):
        missing.append("forms")
    return missing
