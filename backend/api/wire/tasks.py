"""Follow-up tasks as they travel."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.api.wire.common import AreaCode, Id, Page, Text, Wire
from backend.followups import model
from backend.followups.rules.escalating import REASONS
from backend.followups.store import LISTED


class Subject(Wire):
    kind = fields.String(required=True)
    id = fields.String(required=True)


class Reason(Wire):
    rule = fields.String(required=True)
    text = fields.Nested(Text, required=True)


class Task(Wire):
    id = Id(required=True)
    subject = fields.Nested(Subject, required=True)
    household_id = Id(required=True, allow_none=True)
    village_code = fields.String(required=True)
    service = fields.String(required=True)
    kind = fields.String(required=True)
    anchor = fields.String(required=True)
    opens = fields.Date(required=True)
    due = fields.Date(required=True)
    closes = fields.Date(required=True)
    expires = fields.Date(required=True, allow_none=True)
    state = fields.String(required=True)
    face_to_face = fields.Boolean(required=True)
    referral = fields.String(required=True)
    escalation = fields.String(required=True)
    reasons = fields.List(fields.Nested(Reason), required=True)
    rule_version = fields.String(required=True, allow_none=True)
    source_submission_id = Id(required=True, allow_none=True)
    postponed_until = fields.Date(required=True, allow_none=True)
    postponed_reason = fields.String(required=True, allow_none=True)


class TaskLine(Task):
    subject_name = fields.String(required=True, allow_none=True)
    village_name = fields.String(required=True)
    overdue_days = fields.Integer(required=True)
    level = fields.String(required=True)
    why = fields.Nested(Text, required=True)
    source_on = fields.Date(required=True, allow_none=True)


class TaskQuery(Page):
    village = AreaCode()
    service = fields.String(validate=validate.Length(1, 40))
    state = fields.String(load_default="overdue", validate=validate.OneOf(LISTED))


class TaskPage(Wire):
    items = fields.List(fields.Nested(TaskLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Postponement(Wire):
    until = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))


class Arrears(Wire):
    doctor = fields.String(required=True, allow_none=True)
    villages = fields.List(fields.String(), required=True)
    overdue = fields.Integer(required=True)
    week = fields.Integer(required=True)
    month = fields.Integer(required=True)
    emergencies = fields.Integer(required=True)


class ArrearsView(Wire):
    items = fields.List(fields.Nested(Arrears), required=True)
    on = fields.Date(required=True)


def task(noun: model.Task) -> dict[str, Any]:
    """A task as :class:`Task` writes it."""
    return {
        name: getattr(noun, name)
        for name in (
            "id", "household_id", "village_code", "service", "kind", "anchor", "opens", "due",
            "closes", "expires", "state", "face_to_face", "referral", "escalation",
            "rule_version", "source_submission_id", "postponed_until", "postponed_reason",
        )
    } | {
        "subject": {"kind": noun.subject_kind, "id": noun.subject_id},
        "reasons": [reason.as_json() for reason in noun.reasons],
    }  # fmt: skip
