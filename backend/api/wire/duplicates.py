"""Pairs of residents that may be one, as they travel."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import Id, Point, Wire
from backend.api.wire.residents import Resident, VillageName


class VisitLine(Wire):
    service = fields.String(required=True, allow_none=True)
    visit_date = fields.Date(required=True)
    state = fields.String(required=True)


class Side(Wire):
    """One of the two; id number and phones masked."""

    resident = fields.Nested(Resident, required=True)
    village = fields.Nested(VillageName, required=True)
    household_no = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    place = fields.Nested(Point, required=True, allow_none=True)
    visits = fields.List(fields.Nested(VisitLine), required=True)


class Compared(Wire):
    """How one field compares, and what that speaks for: bits, negative against."""

    field = fields.String(required=True)
    level = fields.String(required=True)
    bits = fields.Float(required=True)


class Duplicate(Wire):
    id = Id(required=True)
    state = fields.String(required=True)
    verdict = fields.String(required=True)
    score = fields.Float(required=True)
    why = fields.List(fields.Nested(Compared), required=True)
    sides = fields.List(fields.Nested(Side), required=True)


class DuplicateList(Wire):
    items = fields.List(fields.Nested(Duplicate), required=True)


class DuplicateDecision(Wire):
    decision = fields.String(
        required=True, validate=validate.OneOf(["merge", "keep_apart", "undo"])
    )
    survivor_id = Id(load_default=None, allow_none=True)


class DuplicateState(Wire):
    id = Id(required=True)
    state = fields.String(required=True)
