"""Figures of operation for a monitoring system; shut unless a token is set (S36)."""

from __future__ import annotations

import hmac
from dataclasses import fields as fields_of

from apiflask import APIBlueprint
from flask import Response, request

from backend.api.house import house
from backend.api.policy import Anonymous, Policy
from backend.api.routing import route
from backend.kernel.errors import Refusal
from backend.operations.measures import Measures, measure

blueprint = APIBlueprint("metrics", __name__)

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def metrics_token() -> Policy:
    """Whoever holds the token of the settings. Without one, the route is not there."""
    return Policy("metrics", _monitor, security=("metrics",))


def _monitor() -> Anonymous:
    token = house().settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token is None:
        raise Refusal("not_found")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Refusal("sign_in_needed")
    return Anonymous()


@route(blueprint, "GET", "/metrics", policy=metrics_token(), octets=TEXT)
def read_metrics(_caller: Anonymous) -> Response:
    """Numbers and ages, of nobody in particular, in the text format of Prometheus."""
    return Response(_written(measure(house())), content_type=TEXT)


def _written(found: Measures) -> str:
    lines = []
    for one in fields_of(found):
        value = getattr(found, one.name)
        if value is not None:
            unit = "_seconds" if one.name.endswith(("_age", "_lag")) else ""
            name = f"suifang_{one.name}{unit}"
            lines += [f"# TYPE {name} gauge", f"{name} {value:g}" if unit else f"{name} {value}"]
    return "\n".join(lines) + "\n"
