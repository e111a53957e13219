"""What residents ask about their own data, as it travels."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import Id, Instant, Wire, line
from backend.rights.model import ASKERS, DONE, KINDS, REFUSED

MAX_NOTE = 500


class RightsAsked(Wire):
    """A request as an officer takes it down; the desk makes the id, so that it is kept once."""

    id = Id(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    asked_by = fields.String(required=True, validate=validate.OneOf(ASKERS))
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, MAX_NOTE))


class RightsAnswer(Wire):
    """What was done, or why it was refused. A deletion that is granted is carried out with it."""

    verdict = fields.String(required=True, validate=validate.OneOf((DONE, REFUSED)))
    outcome = fields.String(required=True, validate=validate.Length(3, MAX_NOTE))


class RightsReason(Wire):
    reason = line(200)


class RightsRequestView(Wire):
    id = Id(required=True)
    resident_id = Id(required=True)
    village_code = fields.String(required=True)
    kind = fields.String(required=True)
    asked_by = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    received_at = Instant(required=True)
    due_on = fields.Date(required=True)
    state = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)


class WaitingRequest(RightsRequestView):
    name = fields.String(required=True)


class WaitingRequests(Wire):
    items = fields.List(fields.Nested(WaitingRequest), required=True)


class ConsentView(Wire):
    purpose = fields.String(required=True)
    given_by = fields.String(required=True)
    given_at = Instant(required=True)
    withdrawn_at = Instant(required=True, allow_none=True)


class DutyView(Wire):
    """Records that the law has us keep."""

    what = fields.String(required=True)
    count = fields.Integer(required=True)
    until = fields.Date(required=True)


class SealingView(Wire):
    sealed_at = Instant(required=True)
    until = fields.Date(required=True, allow_none=True)
    is_kept = fields.Boolean(required=True)


class LookView(Wire):
    """Somebody looked at the resident, or changed something."""

    at = Instant(required=True)
    action = fields.String(required=True)
    by = fields.String(required=True)


class StandingView(Wire):
    """How it stands with a resident's data. ``links``: family links that open the page."""

    consents = fields.List(fields.Nested(ConsentView), required=True)
    links = fields.Integer(required=True)
    requests = fields.List(fields.Nested(RightsRequestView), required=True)
    duties = fields.List(fields.Nested(DutyView), required=True)
    sealing = fields.Nested(SealingView, required=True, allow_none=True)
    looks = fields.List(fields.Nested(LookView), required=True)
