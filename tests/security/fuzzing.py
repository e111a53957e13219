"""Requests invented from the API's own description, each sent with the key that its door wants.

What is invented alone hardly gets past the first check. So every other request goes to something
that exists (``doors``), with only some of its fields invented.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import orjson
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from werkzeug.test import TestResponse

from backend.api.openapi import description
from tests.builders.accounts import browser
from tests.builders.world import BORN, World
from tests.security.doors import DOORS, At

Request = tuple[str, str, Any, Mapping[str, Any]]
"""Method, path below the host, body (bytes, JSON, or nothing), query."""


def operations(world: World) -> dict[str, Any]:
    """Operations of the description by their name in the matrix."""
    with world.app.app_context():
        document = description(world.app)
    schema = schemathesis.openapi.from_dict(document)
    found = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        found[f"{operation.method.upper()} {operation.path.removeprefix('/api/v1')}"] = operation
    return found


def operation_of(route: str) -> str:
    """``GET /residents/<id:resident_id>`` as the description names it."""
    method, path = route.split()
    parts = [
        "{" + part.strip("<>").split(":")[-1] + "}" if part.startswith("<") else part
        for part in path.replace(">.ics", "}.ics").replace("<string:feed}", "{feed}").split("/")
    ]
    return f"{method} {'/'.join(parts)}"


@st.composite
def requests(draw: st.DrawFn, world: World, route: str, operation: Any) -> Request:
    """A request to a route: fitting its description or not, about somebody or nobody."""
    mode = draw(st.sampled_from(list(GenerationMode)))
    case = draw(operation.as_strategy(generation_mode=mode))
    invented = None if type(case.body).__name__ == "NotSet" else case.body
    path = case.path
    for name, value in case.path_parameters.items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    query: Mapping[str, Any] = dict(case.query or {})
    door = DOORS[route]
    if isinstance(door, At) and draw(st.booleans()):
        real, known = door.asked(world.places["甲"])
        path, _, asked = ("/api/v1" + real).partition("?")
        query = dict(part.split("=", 1) for part in asked.split("&") if part) | (
            dict(query) if draw(st.booleans()) else {}
        )
        if isinstance(known, dict) and isinstance(invented, dict):
            kept = draw(st.sets(st.sampled_from(sorted(invented)))) if invented else set()
            invented = known | {name: invented[name] for name in kept}
    return operation.method.upper(), path, invented, query


def send(world: World, route: str, request: Request) -> TestResponse:
    """Send it as somebody whom the route lets in."""
    method, path, invented, query = request
    body = invented if isinstance(invented, bytes) else _written(invented)
    phone, place = world.people["doctor"].phone, world.places["甲"]
    assert phone is not None
    signature = hmac.new(world.house.settings.secrets.sms, body, sha256).hexdigest()
    headers = {
        "phone": lambda: phone.headers(method, path, body, world.house.clock()),
        "gateway": lambda: {"X-Suifang-Signature": signature},
        "family": lambda: {
            "Authorization": f"Family {place.token}", "X-Birth-Date": BORN.isoformat()
        },
        "csv": lambda: {
            "Authorization": "Basic " + b64encode(f"{place.ids['csv_link']}:x".encode()).decode()
        },
        "doctor": lambda: {"Authorization": f"Bearer {world.people['doctor'].token}"},
        "reviewer": lambda: {"Authorization": f"Bearer {world.people['reviewer'].token}"},
        "supervisor": lambda: {"Authorization": f"Bearer {world.people['supervisor'].token}"},
    }[_key(world, route)]()  # fmt: skip
    kind = "application/octet-stream" if isinstance(invented, bytes) else "application/json"
    answer = browser(world.app).open(
        path,
        method=method,
        query_string=query,
        headers=headers,
        **({} if method == "GET" else {"data": body, "content_type": kind}),
    )
    _ = answer.data
    return answer


def _written(invented: Any) -> bytes:
    try:
        return b"" if invented is None else orjson.dumps(invented)
    except (TypeError, ValueError):  # a lone surrogate, a number of more than 64 bits
        return str(invented).encode("utf-8", "surrogatepass")


def _key(world: World, route: str) -> str:
    """Who may knock there."""
    if route == "PUT /attachments/<sha256:sha256>":
        return "phone"
    if route == "POST /reminders/gateway":
        return "gateway"
    if "/family" in route and "children" not in route:
        return "family"
    if route.endswith("records.csv"):
        return "csv"
    roles = world.policies()[route].roles
    if not roles:
        return "doctor"
    return "reviewer" if "reviewer" in roles else {"worker": "doctor"}.get(roles[0], roles[0])
