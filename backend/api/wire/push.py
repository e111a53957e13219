"""Push addresses as they travel."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import LOCALES, Bytes, Wire, line
from backend.reminders.rules.endpoints import LONGEST_ENDPOINT


class PushKeys(Wire):
    p256dh = Bytes(65, required=True)
    auth = Bytes(16, required=True)


class PushRequest(Wire):
    endpoint = line(LONGEST_ENDPOINT)
    keys = fields.Nested(PushKeys, required=True)
    language = fields.String(required=True, validate=validate.OneOf(LOCALES))


class PushEnd(Wire):
    endpoint = line(LONGEST_ENDPOINT)
