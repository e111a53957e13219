"""Figures, whom they count, and what an area aims at."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.api.wire.common import AreaCode, Id, Page, Text, Wire
from backend.api.wire.residents import VillageName
from backend.indicators import model

PARTS = ("village", "township", "worker")
BASES = ("all", "official")
_YEAR = validate.Range(2000, 2200)
_MONTH = validate.Range(1, 12)


class Indicator(Wire):
    key = fields.String(required=True)
    group = fields.String(required=True)
    title = fields.Nested(Text, required=True)
    explained = fields.Nested(Text, required=True)
    subject = fields.String(required=True)
    window = fields.String(required=True)
    source = fields.String(required=True)
    source_note = fields.String(required=True)


class Indicators(Wire):
    items = fields.List(fields.Nested(Indicator), required=True)


class Sum(Wire):
    """Numerator and denominator; ``percent`` is nothing when nobody was due."""

    met = fields.Integer(required=True)
    due = fields.Integer(required=True)
    percent = fields.Float(required=True, allow_none=True)


class FigureQuery(Wire):
    year = fields.Integer(required=True, validate=_YEAR)
    month = fields.Integer(required=True, validate=_MONTH)
    area = AreaCode()
    by = fields.String(load_default="village", validate=validate.OneOf(PARTS))
    basis = fields.String(load_default="all", validate=validate.OneOf(BASES))


class FigureLine(Wire):
    """One indicator of the whole area.

    ``before`` is its sum at the end of ``since_day``; ``months`` has a place a month.
    """

    key = fields.String(required=True)
    sum = fields.Nested(Sum, required=True)
    target = fields.Float(required=True, allow_none=True)
    before = fields.Nested(Sum, required=True, allow_none=True)
    months = fields.List(fields.Nested(Sum, allow_none=True), required=True)


class Part(Wire):
    """A village, a township, or a doctor; the id is empty where no doctor is responsible."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    score = fields.Float(required=True, allow_none=True)
    sums = fields.Dict(keys=fields.String(), values=fields.Nested(Sum), required=True)


class Figures(Wire):
    year = fields.Integer(required=True)
    month = fields.Integer(required=True)
    counted_on = fields.Date(required=True, allow_none=True)
    since_day = fields.Date(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    items = fields.List(fields.Nested(FigureLine), required=True)
    parts = fields.List(fields.Nested(Part), required=True)


class BehindQuery(Page):
    """Whom a figure counts: ``met``, or ``unmet`` (in the denominator alone)."""

    indicator = fields.String(required=True, validate=validate.Length(1, 40))
    year = fields.Integer(required=True, validate=_YEAR)
    month = fields.Integer(required=True, validate=_MONTH)
    area = AreaCode()
    worker = Id()
    part = fields.String(load_default="unmet", validate=validate.OneOf(("met", "unmet")))
    basis = fields.String(load_default="all", validate=validate.OneOf(BASES))


class WorkerName(Wire):
    id = Id(required=True)
    name = fields.String(required=True)


class CountedTask(Wire):
    service = fields.String(required=True)
    kind = fields.String(required=True)
    closes = fields.Date(required=True)


class CountedLine(Wire):
    kind = fields.String(required=True)
    id = Id(required=True)
    name = fields.String(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)
    village = fields.Nested(VillageName, required=True)
    worker = fields.Nested(WorkerName, required=True, allow_none=True)
    task = fields.Nested(CountedTask, required=True, allow_none=True)


class CountedPage(Wire):
    items = fields.List(fields.Nested(CountedLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


_BY_KEY: dict[str, Any] = {"keys": fields.String(validate=validate.Length(1, 40))}


class Aims(Wire):
    """Targets in per cent and weights of the score, by indicator."""

    targets = fields.Dict(**_BY_KEY, values=fields.Float(), required=True)
    weights = fields.Dict(**_BY_KEY, values=fields.Float(), required=True)


class AimsQuery(Wire):
    area = AreaCode(required=True)
    year = fields.Integer(required=True, validate=_YEAR)


class AimsRequest(Aims):
    area = AreaCode(required=True)
    year = fields.Integer(required=True, validate=_YEAR)


def sum_(noun: model.Sum) -> dict[str, Any]:
    """A sum as :class:`Sum` writes it."""
    return {"met": noun.met, "due": noun.due, "percent": noun.percent}
