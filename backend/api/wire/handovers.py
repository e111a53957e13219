"""A phone's queue brought as a file to the desk. Twin of pwa/src/api/wire.ts."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import Id, Instant, Text, Wire
from backend.api.wire.submissions import FormTitle, SubjectName

MOST_RECORDS = 50


class HandoverRecords(Wire):
    """Records of one phone's file. What one of them is like is judged one by one."""

    device_id = Id(required=True)
    envelopes = fields.List(
        fields.Raw(allow_none=True), required=True, validate=validate.Length(1, MOST_RECORDS)
    )


class HandoverRecord(Wire):
    """What became of one record. Form, person and day are named where the caller may see them."""

    id = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True)
    message = fields.Nested(Text, required=True, allow_none=True)
    submission_id = Id(required=True, allow_none=True)
    form = fields.Nested(FormTitle, required=True, allow_none=True)
    subject = fields.Nested(SubjectName, required=True, allow_none=True)
    visit_date = fields.Date(required=True, allow_none=True)


class HandoverReceipts(Wire):
    """The answer to one piece of a file."""

    worker_name = fields.String(required=True)
    device_name = fields.String(required=True)
    received_at = Instant(required=True)
    records = fields.List(fields.Nested(HandoverRecord), required=True)
