"""The call list, receipts and reach as they travel."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import AreaCode, Id, Instant, Page, Text, Wire
from backend.reminders.model import CALL, CALL_OUTCOMES, HANDED_OVER, SLIP


class Receipt(Wire):
    receipt = fields.String(
        required=True, validate=validate.Regexp(r"^[0-9a-f-]{36}\.[0-9A-Za-z_-]{22}\Z")
    )


class GatewayReport(Wire):
    kind = fields.String(required=True, validate=validate.OneOf(("delivered", "stop")))
    id = Id()
    number = fields.String(validate=validate.Length(5, 20))


class CallQuery(Page):
    village = AreaCode()
    rung = fields.String(load_default=CALL, validate=validate.OneOf((CALL, SLIP)))


class CallDose(Wire):
    dose_id = fields.String(required=True)
    due = fields.Date(required=True)
    label = fields.Nested(Text, required=True)


class CallChild(Wire):
    id = Id(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True)
    household_id = Id(required=True, allow_none=True)


class CallVillage(Wire):
    code = fields.String(required=True)
    name = fields.String(required=True)


class CallTry(Wire):
    at = Instant(required=True)
    outcome = fields.String(required=True)


class CallLine(Wire):
    id = Id(required=True)
    child = fields.Nested(CallChild, required=True)
    village = fields.Nested(CallVillage, required=True)
    contact_name = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    doses = fields.List(fields.Nested(CallDose), required=True)
    since = Instant(required=True)
    calls = fields.List(fields.Nested(CallTry), required=True)


class CallPage(Wire):
    items = fields.List(fields.Nested(CallLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CallOutcome(Wire):
    outcome = fields.String(required=True, validate=validate.OneOf(CALL_OUTCOMES))


class SlipOutcome(Wire):
    outcome = fields.String(required=True, validate=validate.OneOf((HANDED_OVER,)))


class ReachQuery(Wire):
    village = AreaCode()
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True, data_key="to")


class ReachLine(Wire):
    rung = fields.String(required=True)
    messages = fields.Integer(required=True)
    reached = fields.Integer(required=True)
    cost_fen = fields.Integer(required=True)


class ReachView(Wire):
    rungs = fields.List(fields.Nested(ReachLine), required=True)
    states = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
