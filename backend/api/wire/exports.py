"""What may be taken out, and why."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import AreaCode, Id, Wire
from backend.api.wire.figures import BASES, PARTS

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FHIR = "application/fhir+json"
BUNDLE = {FHIR: {"schema": {"type": "object"}}}
FILES = {CSV: {"schema": {"type": "string"}}, XLSX: {"schema": {"type": "string"}}}

_REASON = validate.Length(3, 200)


class FormExport(Wire):
    """One form between two days; ``table`` names a repeat for CSV, XLSX holds all of them."""

    form = fields.String(required=True, validate=validate.Length(1, 40))
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    area = AreaCode()
    format = fields.String(required=True, validate=validate.OneOf(("csv", "xlsx")))
    table = fields.String(load_default="main", validate=validate.Length(1, 40))
    names = fields.Boolean(load_default=False)
    reason = fields.String(required=True, validate=_REASON)


class FigureExport(Wire):
    """The report of a year up to a month."""

    year = fields.Integer(required=True, validate=validate.Range(2000, 2200))
    month = fields.Integer(required=True, validate=validate.Range(1, 12))
    area = AreaCode()
    by = fields.String(load_default="village", validate=validate.OneOf(PARTS))
    basis = fields.String(load_default="all", validate=validate.OneOf(BASES))
    reason = fields.String(required=True, validate=_REASON)


class FhirExport(Wire):
    """Everything known of one resident, as a FHIR R4B Bundle."""

    resident_id = Id(required=True)
    reason = fields.String(required=True, validate=_REASON)
