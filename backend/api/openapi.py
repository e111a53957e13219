"""The description of the API, made from the wire schemas."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import Any, cast

import orjson
from apiflask import APIBlueprint, APIFlask
from flask import Flask, Response, current_app

from backend.api.house import house
from backend.api.policy import Anonymous, anonymous
from backend.api.routing import route
from backend.api.wire.attachments import PART_BODY, PICTURE
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
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-rt-capture",
        "description": "Or __Host-rt-desk at the desk; together with the header X-Suifang: 1",
    },
    "gateway": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Suifang-Signature",
        "description": "Hex HMAC-SHA-256 of the body under the secret shared with the SMS gateway",
    },
    "metrics": {"type": "http", "scheme": "bearer", "description": "The monitoring's token"},
    "csv_link": {"type": "http", "scheme": "basic", "description": "A spreadsheet's address"},
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
    def _finished(spec: Any) -> Any:
        _problems(spec)
        _octets(spec)
        return _one_name_a_schema(spec)


def _problems(spec: Any) -> None:
    """Errors travel as problem documents."""
    for operations in spec["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status[0] in "45" and "content" in answer:
                    content = answer["content"].pop("application/json")
                    answer["content"]["application/problem+json"] = content


def _octets(spec: Any) -> None:
    """Bytes in the body, which no schema describes."""
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            octets = operation.pop("x-octets", False)
            if not octets:
                continue
            if method == "put":
                operation["requestBody"] = PART_BODY
            else:
                operation["responses"].pop("204", None)
                operation["responses"]["200"] = _file(octets)


def _file(octets: bool | str | Mapping[str, Any]) -> dict[str, Any]:
    if octets is True:
        return {"description": "A picture", "content": PICTURE}
    if isinstance(octets, str):
        octets = {octets: {"schema": {"type": "string"}}}
    return {"description": "A file", "content": octets}


def _one_name_a_schema(spec: Any) -> Any:
    """A shape that stands alone and inside another is registered twice, as ``X`` and ``X1``."""
    schemas = spec["components"]["schemas"]
    text = orjson.dumps(spec).decode()
    for name in list(schemas):
        plain = name.rstrip("0123456789")
        if plain != name and schemas.get(plain) == schemas[name]:
            text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{plain}"')
    merged = orjson.loads(text)
    used = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    merged["components"]["schemas"] = {
        name: schema
        for name, schema in merged["components"]["schemas"].items()
        if name in used or name.rstrip("0123456789") == name
    }
    return merged


def description(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    with warnings.catch_warnings():
        # Said of the shapes registered twice, which _one_name_a_schema joins again.
        warnings.filterwarnings("ignore", message=".*has already been added to the spec")
        return cast(dict[str, Any], cast(APIFlask, app).spec)


@route(blueprint, "GET", "/openapi.json", policy=anonymous())
def read_description(_caller: Anonymous) -> Response:
    """This description. Not served in production (S36)."""
    if not house().settings.development:
        raise Refusal("not_found")
    return Response(orjson.dumps(description(current_app)), content_type="application/json")
