"""Areas with their boundaries, for the desk's map; and the boundaries that a county brings."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from marshmallow import fields, validate

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.wire.common import Point, Wire, line
from backend.api.wire.sync import area
from backend.geo import boundaries, service as geo

blueprint = APIBlueprint("areas", __name__)


class AreaShape(Wire):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    parent_code = fields.String(required=True, allow_none=True)
    clinic_name = fields.String(required=True, allow_none=True)
    clinic_phone = fields.String(required=True, allow_none=True)
    clinic_address = fields.String(required=True, allow_none=True)
    centre = fields.Nested(Point, required=True, allow_none=True)
    boundary = fields.Dict(required=True, allow_none=True)
    boundary_source = fields.String(required=True, allow_none=True)


class AreaList(Wire):
    items = fields.List(fields.Nested(AreaShape), required=True)


@route(blueprint, "GET", "/areas", policy=signed_in(), output=AreaList)
def list_areas(caller: Caller) -> dict[str, Any]:
    """The caller's areas and everything inside them, boundaries included."""
    with house().read() as session:
        found = geo.inside(session, caller.areas, with_boundary=True)
    return {
        "items": [
            area(one) | {"boundary": one.boundary, "boundary_source": one.boundary_source}
            for one in found
        ]
    }


MOST_FEATURES = 5000


class Boundaries(Wire):
    """``features`` of a GeoJSON file in WGS-84; with ``keep`` they are taken when all are sound."""

    features = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        validate=validate.Length(1, MOST_FEATURES),
    )
    source = line(200)
    keep = fields.Boolean(load_default=False)


class DrawnArea(Wire):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    km2 = fields.Float(required=True)
    is_new = fields.Boolean(required=True)


class BoundaryMistake(Wire):
    kind = fields.String(required=True)
    at = fields.Integer(required=True)
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)
    percent = fields.Float(required=True, allow_none=True)


class BoundariesJudged(Wire):
    kept = fields.Boolean(required=True)
    items = fields.List(fields.Nested(DrawnArea), required=True)
    mistakes = fields.List(fields.Nested(BoundaryMistake), required=True)


@route(
    blueprint,
    "POST",
    "/areas/boundaries",
    policy=signed_in("supervisor"),
    body=Boundaries,
    output=BoundariesJudged,
)
def draw_boundaries(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Judge the boundaries of a file, and keep them when asked to and nothing is wrong."""
    with house().read() as session:
        found = geo.inside(session, caller.areas, with_boundary=True)
    known = {one.code: one for one in found}
    judged = boundaries.check(body["features"], known)
    keep = body["keep"] and not judged.mistakes
    if keep:
        with house().write() as session:
            geo.draw(session, judged.drawn, body["source"].strip())
            trail.record(
                session, caller, "boundaries_drawn", "area", caller.areas[0],
                area_code=caller.areas[0], count=len(judged.drawn), source=body["source"].strip(),
            )  # fmt: skip
    return {
        "kept": keep,
        "items": [
            {
                "code": one.area.code,
                "name": one.area.name,
                "level": one.area.level,
                "km2": round(one.km2, 2),
                "is_new": one.is_new,
            }
            for one in judged.drawn
        ],
        "mistakes": [
            {**vars(one), "name": known[one.code].name if one.code in known else None}
            for one in judged.mistakes
        ],
    }
