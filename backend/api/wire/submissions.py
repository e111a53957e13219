"""Submissions in and out, receipts, review. Twin of pwa/src/api/wire.ts."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import MAX_ITEMS, AreaCode, Id, Instant, Page, Point, Text, Wire
from backend.api.wire.tasks import Task
from backend.submissions.model import STATES

MAX_ENVELOPES = 200


class SubmitRequest(Wire):
    """1 to 200 envelopes. What one of them is like is judged one by one, in its receipt."""

    envelopes = fields.List(
        fields.Raw(allow_none=True), required=True, validate=validate.Length(1, MAX_ENVELOPES)
    )


VIOLATIONS = fields.List(
    fields.Dict(keys=fields.String(), metadata={"description": "{path, code, ...named values}"}),
    required=True,
)


class Place(Wire):
    code = fields.String(required=True)
    name = fields.String(required=True)


class Receipt(Wire):
    index = fields.Integer(required=True)
    id = fields.String(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    code = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)
    message = fields.Nested(Text, required=True, allow_none=True)
    submission_id = fields.String(required=True, allow_none=True)
    received_at = Instant(required=True)
    village = fields.Nested(Place, required=True, allow_none=True)
    tasks = fields.List(fields.Nested(Task), required=True)
    violations = VIOLATIONS
    missing_attachments = fields.List(fields.String(), required=True)


class SubmitResponse(Wire):
    server_time = Instant(required=True)
    receipts = fields.List(fields.Nested(Receipt), required=True)


class KnownRequest(Wire):
    ids = fields.List(Id(), required=True, validate=validate.Length(1, 1000))


class KnownResponse(Wire):
    known = fields.List(Id(), required=True)
    missing_attachments = fields.List(fields.String(), required=True)


class SubmissionQuery(Page):
    state = fields.List(fields.String(validate=validate.OneOf(STATES)))
    form = fields.String(validate=validate.Length(1, 40))
    village = AreaCode()
    worker = Id()
    flagged = fields.Boolean()
    q = fields.String(validate=validate.Length(1, 40))
    from_on = fields.Date(data_key="from")
    to_on = fields.Date(data_key="to")


class FormTitle(Wire):
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.Nested(Text, required=True)


class SubjectName(Wire):
    kind = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)


class PersonName(Wire):
    id = fields.String(required=True)
    name = fields.String(required=True)


class SummaryItem(Wire):
    label = fields.Nested(Text, required=True)
    value = fields.Nested(Text, required=True)


class Flag(Wire):
    kind = fields.String(required=True)
    text = fields.Nested(Text, required=True)
    evidence = fields.Dict(keys=fields.String(), required=True)


class Comment(Wire):
    """What somebody said; ``kind`` of the flag or signal it is about."""

    id = Id(required=True)
    kind = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    by = fields.Nested(PersonName, required=True)
    at = Instant(required=True)


class SubmissionLine(Wire):
    id = Id(required=True)
    form = fields.Nested(FormTitle, required=True)
    state = fields.String(required=True)
    subject = fields.Nested(SubjectName, required=True)
    village = fields.Nested(Place, required=True)
    worker = fields.Nested(PersonName, required=True)
    visit_date = fields.Date(required=True)
    received_at = Instant(required=True)
    finalised_at = Instant(required=True)
    summary = fields.List(fields.Nested(SummaryItem), required=True)
    flags = fields.List(fields.Nested(Flag), required=True)
    version_id = Id(required=True)
    version_no = fields.Integer(required=True)
    priority = fields.Integer(required=True)
    missing_attachments = fields.Integer(required=True)


class SubmissionPage(Wire):
    items = fields.List(fields.Nested(SubmissionLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Fix(Point):
    accuracy_m = fields.Float(required=True)
    fixed_at = fields.String(required=True)
    coord_sys = fields.String(required=True)


class Geotag(Wire):
    village_code = fields.String(required=True, allow_none=True)
    distance_m = fields.Integer(required=True, allow_none=True)
    accuracy_class = fields.String(required=True)
    doubt = fields.List(fields.String(), required=True)


class Conflict(Wire):
    path = fields.String(required=True)
    mine = fields.Raw(required=True, allow_none=True)
    theirs = fields.Raw(required=True, allow_none=True)
    base = fields.Raw(required=True, allow_none=True)


class SubmissionVersion(Wire):
    id = Id(required=True)
    no = fields.Integer(required=True)
    base_version_id = Id(required=True, allow_none=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    changed = fields.List(fields.String(), required=True)
    conflicts = fields.List(fields.Nested(Conflict), required=True)
    violations = VIOLATIONS
    confirmed = fields.List(fields.String(), required=True)
    computed = fields.Dict(keys=fields.String(), required=True)
    fix = fields.Nested(Fix, required=True, allow_none=True)
    fix_state = fields.String(required=True)
    geotag = fields.Nested(Geotag, required=True)
    finalised_at = Instant(required=True)
    received_at = Instant(required=True)


class Decision(Wire):
    verdict = fields.String(required=True)
    version_id = Id(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    reason = fields.String(required=True, allow_none=True)
    by = fields.String(required=True)
    at = Instant(required=True)


class HistoryItem(Wire):
    id = Id(required=True)
    form = fields.Nested(FormTitle, required=True)
    visit_date = fields.Date(required=True)
    state = fields.String(required=True)
    summary = fields.List(fields.Nested(SummaryItem), required=True)


class Attachment(Wire):
    """A picture that a version names; ``here``: it has come."""

    field = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)
    media_type = fields.String(required=True)
    here = fields.Boolean(required=True)


class SubmissionDetail(SubmissionLine):
    attachments = fields.List(fields.Nested(Attachment), required=True)
    versions = fields.List(fields.Nested(SubmissionVersion), required=True)
    decisions = fields.List(fields.Nested(Decision), required=True)
    comments = fields.List(fields.Nested(Comment), required=True)
    tasks = fields.List(fields.Nested(Task), required=True)
    place = fields.Nested(Point, required=True, allow_none=True)
    history = fields.List(fields.Nested(HistoryItem), required=True)


class DecisionRequest(Wire):
    version_id = Id(required=True)
    verdict = fields.String(
        required=True, validate=validate.OneOf(("approved", "returned", "rejected"))
    )
    fields_ = fields.List(
        fields.String(validate=validate.Length(1, 120)),
        required=True,
        data_key="fields",
        attribute="fields",
        validate=validate.Length(max=MAX_ITEMS),
    )
    reason = fields.String(required=True, allow_none=True, validate=validate.Length(max=500))


class QuarantineLine(Wire):
    id = Id(required=True)
    envelope_id = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    reason = fields.String(required=True)
    message = fields.Nested(Text, required=True)
    device_name = fields.String(required=True, allow_none=True)
    worker_name = fields.String(required=True, allow_none=True)
    received_at = Instant(required=True)


class QuarantineList(Wire):
    items = fields.List(fields.Nested(QuarantineLine), required=True)


class DismissRequest(Wire):
    reason = fields.String(required=True, validate=validate.Length(3, 500))
