"""Reminders as they travel."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import AreaCode, Id, Instant, Page, Wire

STATES = ("planned", "sent", "confirmed", "failed", "cancelled", "unreachable")


class Attempt(Wire):
    channel = fields.String(required=True)
    at = Instant(required=True)
    outcome = fields.String(required=True)
    http_status = fields.Integer(required=True, allow_none=True)


class ReminderLine(Wire):
    id = Id(required=True)
    addressee_kind = fields.String(required=True)
    addressee_name = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    due_at = Instant(required=True)
    state = fields.String(required=True)
    channel = fields.String(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(Attempt), required=True)


class ReminderQuery(Page):
    village = AreaCode()
    state = fields.String(validate=validate.OneOf(STATES))


class ReminderPage(Wire):
    items = fields.List(fields.Nested(ReminderLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
