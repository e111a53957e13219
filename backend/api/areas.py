"""Areas with their boundaries, for the desk's map."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from marshmallow import fields

from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.wire.common import Point, Wire
from backend.api.wire.sync import area
from backend.geo import service as geo

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
