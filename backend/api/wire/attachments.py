"""Pictures on their way. Twin of pwa/src/api/wire.ts."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import Wire
from backend.attachments.rules.uploads import MAX_PART, MAX_SEALED

OCTETS = "application/octet-stream"


class PartQuery(Wire):
    """Which piece of which sealed bytes the body is."""

    sealed_sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    key_id = fields.String(required=True, validate=validate.Length(1, 40))
    size = fields.Integer(required=True, validate=validate.Range(1))
    offset = fields.Integer(required=True, validate=validate.Range(0, MAX_SEALED))


class PartTaken(Wire):
    """``received``: bytes that are here without a gap; go on there."""

    received = fields.Integer(required=True)
    complete = fields.Boolean(required=True)


PART_BODY = {
    "required": True,
    "content": {OCTETS: {"schema": {"type": "string", "format": "binary", "maxLength": MAX_PART}}},
}
PICTURE = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png")
}
