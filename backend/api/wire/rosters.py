"""Rosters as they travel."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.api.wire.common import MAX_ITEMS, AreaCode, Id, Instant, Wire
from backend.rosters.model import Judged, Roster
from backend.rosters.rules.columns import HEADINGS

MAX_TEXT = 6 * 1024 * 1024


class RosterFile(Wire):
    """A file with what its columns hold; nothing told: they are guessed."""

    id = Id(required=True)
    content = fields.String(
        required=True,
        validate=validate.Length(1, MAX_TEXT),
        metadata={"description": "XLSX or CSV, base64"},
    )
    columns = fields.Dict(
        keys=fields.String(validate=validate.OneOf(sorted(HEADINGS))),
        values=fields.String(validate=validate.Length(1, 500)),
        load_default=None,
        allow_none=True,
    )
    village_code = AreaCode(load_default=None, allow_none=True)


class RosterTaking(RosterFile):
    file_name = fields.String(required=True, validate=validate.Length(1, 200))
    also = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=MAX_ITEMS))
    without = fields.List(
        fields.Integer(), load_default=list, validate=validate.Length(max=MAX_ITEMS)
    )


class DoubtView(Wire):
    code = fields.String(required=True)
    what = fields.String(required=True)
    stops = fields.Boolean(required=True)


class OtherView(Wire):
    """A registered resident who is or may be the same person."""

    id = Id(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True)
    village_code = AreaCode(required=True)
    verdict = fields.String(required=True)


class RosterLine(Wire):
    number = fields.Integer(required=True)
    state = fields.String(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)
    village_code = AreaCode(required=True, allow_none=True)
    household_no = fields.String(required=True, allow_none=True)
    doubts = fields.List(fields.Nested(DoubtView), required=True)
    others = fields.List(fields.Nested(OtherView), required=True)
    earlier = fields.Integer(required=True, allow_none=True)


class RosterLook(Wire):
    """How a file is read and who its people are; nothing is written yet."""

    headings = fields.List(fields.String(), required=True)
    columns = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    rows = fields.Integer(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    items = fields.List(fields.Nested(RosterLine), required=True)


class RosterView(Wire):
    id = Id(required=True)
    file_name = fields.String(required=True)
    area_code = AreaCode(required=True)
    residents = fields.Integer(required=True)
    households = fields.Integer(required=True)
    left_out = fields.Integer(required=True)
    taken_at = Instant(required=True)
    undone_at = Instant(required=True, allow_none=True)


class RosterList(Wire):
    items = fields.List(fields.Nested(RosterView), required=True)


class RosterUndone(Wire):
    id = Id(required=True)
    removed = fields.Integer(required=True)
    kept = fields.Integer(required=True)


def line(one: Judged, seen: Any) -> dict[str, Any]:
    """A row; of residents outside of the caller's areas only that there is one.

    :param seen: tells whether the caller sees a village
    """
    resident, home = one.line.resident, one.line.household
    others = one.others or {}
    pairs = [
        (others[other_id], pair.verdict.verdict)
        for pair in one.pairs
        for other_id in (pair.resident_id, pair.other_id)
        if other_id in others
    ]
    return {
        "number": one.line.number,
        "state": one.state,
        "name": one.line.name,
        "sex": one.line.sex or None,
        "birth_date": one.line.birth_date,
        "village_code": None if resident is None else resident.village_code,
        "household_no": None if home is None else home.no,
        "doubts": [{"code": d.code, "what": d.what, "stops": d.stops} for d in one.line.doubts],
        "others": [
            {
                "id": other.id,
                "name": other.name,
                "sex": other.sex,
                "birth_date": other.birth_date,
                "village_code": other.village_code,
                "verdict": verdict,
            }
            for other, verdict in pairs[:3]
            if seen(other.village_code)
        ],
        "earlier": one.earlier,
    }


def roster(one: Roster) -> dict[str, Any]:
    """A roster that was brought in."""
    return {
        "id": one.id,
        "file_name": one.file_name,
        "area_code": one.area_code,
        "residents": len(one.residents),
        "households": len(one.households),
        "left_out": one.left_out,
        "taken_at": one.taken_at,
        "undone_at": one.undone_at,
    }
