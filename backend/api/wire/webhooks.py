"""Webhooks: who is told, with what secret, and what became of it. Twin of pwa/src/webhooks."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import AreaCode, Id, Instant, Wire, line
from backend.webhooks.model import EVENTS


class WebhookRequest(Wire):
    url = line(2048)
    area = AreaCode(required=True)
    events = fields.List(
        fields.String(validate=validate.OneOf(EVENTS)),
        load_default=list(EVENTS),
        validate=validate.Length(1, len(EVENTS)),
    )
    note = line(200)


class Standing(Wire):
    """How many of the deliveries of the last 30 days were taken, wait, or were given up."""

    delivered = fields.Integer(required=True)
    planned = fields.Integer(required=True)
    failed = fields.Integer(required=True)


class Webhook(Wire):
    id = Id(required=True)
    url = fields.String(required=True)
    area_code = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    note = fields.String(required=True)
    made_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_why = fields.String(required=True, allow_none=True)
    standing = fields.Nested(Standing, required=True)


class WebhookMade(Webhook):
    """With the secret, which leaves the server this once."""

    secret = fields.String(required=True)


class Webhooks(Wire):
    items = fields.List(fields.Nested(Webhook), required=True)


class Delivery(Wire):
    id = Id(required=True)
    event = fields.String(required=True)
    submission_id = fields.String(required=True, allow_none=True)
    planned_at = Instant(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    due_at = Instant(required=True, allow_none=True)
    status = fields.Integer(required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)
    settled_at = Instant(required=True, allow_none=True)


class Deliveries(Wire):
    items = fields.List(fields.Nested(Delivery), required=True)
