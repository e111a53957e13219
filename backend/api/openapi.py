"""The description of the API, made from the wire schemas."""

from __future__ import annotations

from typing import Any, cast

import orjson
from apiflask import APIBlueprint, APIFlask
from flask import Flask, Response, current_app

from backend.api.house import house
from backend.api.policy import Anonymous, anonymous
from backend.api.routing import route
from backend.api.wire.common import Problem
from backend.kernel.errors import Refusal

blueprint = APIBlueprint("openapi", __name__)

_SCHEMES = {
    "session": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "device": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Device-Signature",
        "description": "With X-Device and X-Device-Time; see docs/decisions/0004-sign-in.md",
    },
    "family": {"type": "http", "scheme": "Family", "description": "A caregiver's capability link"},
}


def init_openapi(app: APIFlask) -> None:
    """Say what APIFlask cannot see: our problem documents and our ways to sign in."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        SECURITY_SCHEMES=_SCHEMES,
        HTTP_ERROR_SCHEMA=Problem,
        VALIDATION_ERROR_SCHEMA=Problem,
        AUTO_SERVERS=False,
    )

    @app.spec_processor
    def _problems(spec: Any) -> Any:
        for operations in spec["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if status[0] in "45" and "content" in answer:
                        content = answer["content"].pop("application/json")
                        answer["content"]["application/problem+json"] = content
        return spec


def description(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return cast(dict[str, Any], cast(APIFlask, app).spec)


@route(blueprint, "GET", "/openapi.json", policy=anonymous())
def read_description(_caller: Anonymous) -> Response:
    """This description. Not served in production (S36)."""
    if not house().settings.development:
        raise Refusal("not_found")
    return Response(orjson.dumps(description(current_app)), content_type="application/json")
