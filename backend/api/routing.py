"""One way to add a route: it serves the policy, the reading, the writing and the description.

.. code-block:: python

    blueprint = APIBlueprint("tasks", __name__)

    @route(blueprint, "GET", "/tasks/<id:task_id>", policy=signed_in("worker"), output=Task)
    def read_task(caller: Caller, task_id: str) -> dict[str, Any]: ...

The view gets the caller, then by name: what stands in the path, ``body`` and ``query`` where a
schema is given. It returns what ``output`` writes, an :class:`Answer` with more to say, or a whole
``Response``. The caller is known before the body is read: 401 comes before 422.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar

import orjson
from apiflask import APIBlueprint
from flask import Flask, Response, g, request
from marshmallow import Schema, ValidationError, fields
from werkzeug.routing import BaseConverter

from backend.api import trail
from backend.api.policy import Policy
from backend.api.requests import json_body, refuse_other_origins
from backend.kernel.clock import iso
from backend.kernel.errors import Refusal

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Answer:
    """What a view returns when there is more to say than data."""

    data: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[tuple[str, Mapping[str, Any]], ...] = ()


class IdConverter(BaseConverter):
    """``<id:name>``: a lower-case UUID."""

    regex = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class AreaConverter(BaseConverter):
    """``<area:name>``: a 12-digit area code."""

    regex = r"[0-9]{12}"


class Sha256Converter(BaseConverter):
    """``<sha256:name>``: 64 lower-case hexadecimal characters."""

    regex = r"[0-9a-f]{64}"


CONVERTERS = {"id": IdConverter, "area": AreaConverter, "sha256": Sha256Converter}


def route(
    blueprint: APIBlueprint,
    method: str,
    rule: str,
    *,
    policy: Policy,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    output: type[Schema] | None = None,
    in_shape: bool = False,
    octets: bool | str | Mapping[str, Any] = False,
    status: int = 200,
) -> Callable[[View], View]:
    """Add a route.

    :param in_shape: the view gives exactly what ``output`` describes, and it is written as it
        stands: for the routes that answer for every envelope and every synced object, where
        passing through the schema would cost more than the work itself. The journeys read every
        such answer through the schema.
    :param octets: bytes travel in the body, the request's of a PUT, the answer's of a GET; the view
        reads or gives them itself, ``openapi`` says so; of a file, its media type or types
    :param output: schema of the answer; none means the view returns a ``Response`` or nothing (204)
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(**path: Any) -> Response:
            refuse_other_origins()
            caller = policy.authenticate()
            g.caller = caller
            arguments = dict(path)
            try:
                if body is not None:
                    arguments["body"] = _load(body, json_body())
                if query is not None:
                    arguments["query"] = _load(query, _query_values(query))
                return _respond(view(caller, **arguments), output, status, in_shape=in_shape)
            except Refusal as refusal:
                if refusal.code == "not_found":
                    # Missing and out of scope look alike, to the caller and to the clock (S04).
                    trail.refused(caller, view.__name__, next(iter(path.values()), None))
                raise

        wrapper._spec = _describe(  # type: ignore[attr-defined]
            blueprint,
            view,
            policy,
            body=body,
            query=query,
            output=output,
            octets=octets,
            status=status,
        )
        blueprint.add_url_rule(
            rule, view.__name__, declare(policy, wrapper), methods=[method], strict_slashes=True
        )
        return view

    return decorator


def declare(policy: Policy, view: View) -> View:
    """Say the policy of a view that is added in another way, such as a page."""
    view.policy = policy  # type: ignore[attr-defined]
    return view


def policies(app: Flask) -> dict[str, Policy]:
    """Policy by endpoint.

    :raises RuntimeError: a route states none, which would leave it open (S01)
    """
    found = {}
    for rule in app.url_map.iter_rules():
        policy = getattr(app.view_functions[rule.endpoint], "policy", None)
        if not isinstance(policy, Policy):
            raise RuntimeError(f"the route {rule.rule} ({rule.endpoint}) states no policy")
        found[rule.endpoint] = policy
    return found


def _load(schema: type[Schema], data: Any) -> Any:
    try:
        return schema().load(data)
    except ValidationError as error:
        raise Refusal("invalid_request", fields=_flat(error.messages)) from None


def _flat(messages: Any, at: str = "") -> dict[str, list[str]]:
    if isinstance(messages, dict):
        flat: dict[str, list[str]] = {}
        for key, inner in messages.items():
            flat.update(_flat(inner, f"{at}.{key}" if at else str(key)))
        return flat
    return {at: [str(message) for message in messages]}


def _query_values(schema: type[Schema]) -> dict[str, Any]:
    declared = schema().fields
    values: dict[str, Any] = {}
    for name, several in request.args.lists():
        if any("\0" in value for value in several):
            raise Refusal("not_readable", reason="a NUL character")
        is_list = isinstance(declared.get(name), fields.List)
        values[name] = several if is_list else several[-1]
    return values


def _plain(value: Any) -> str:
    """Instants and days as :mod:`.wire.common` writes them."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _respond(
    result: Any, output: type[Schema] | None, status: int, *, in_shape: bool = False
) -> Response:
    if isinstance(result, Response):
        return result
    answer = result if isinstance(result, Answer) else Answer(result)
    if output is None:
        response = Response(status=answer.status or 204)
    else:
        response = Response(
            orjson.dumps(answer.data, _plain, orjson.OPT_PASSTHROUGH_DATETIME)
            if in_shape
            else orjson.dumps(output().dump(answer.data)),
            status=answer.status or status,
            content_type="application/json",
        )
    for name, value in answer.headers.items():
        response.headers[name] = value
    for value, options in answer.cookies:
        response.set_cookie(value=value, **options)
    return response


def _describe(
    blueprint: APIBlueprint,
    view: Callable[..., Any],
    policy: Policy,
    *,
    body: Any,
    query: Any,
    output: Any,
    octets: bool | str | Mapping[str, Any],
    status: int,
) -> dict[str, Any]:
    """What APIFlask writes into the API description; it reads and checks nothing itself."""

    def nothing() -> None: ...

    nothing.__name__, nothing.__doc__ = view.__name__, view.__doc__
    described: Any = nothing
    if body is not None:
        described = blueprint.input(body)(described)
    if query is not None:
        described = blueprint.input(query, location="query")(described)
    if output is not None:
        described = blueprint.output(output, status_code=status)(described)
    described = blueprint.doc(
        security=list(policy.security) or None,
        responses=None if output is not None else {204: "No content"},
        operation_id=view.__name__,
        extensions={"x-policy": policy.kind, "x-roles": list(policy.roles)}
        | ({"x-octets": octets} if octets else {}),
    )(described)
    return dict(described._spec)
