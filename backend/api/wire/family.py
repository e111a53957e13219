"""The caregiver's page and the vaccine plan as they travel."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import LOCALES, HolidayView, Id, Instant, Text, Wire
from backend.clinic.model import DATES, VACCINES
from backend.clinic.rules.reactions import SIGNS

STATUSES = ("done", "due", "upcoming", "overdue", "not_needed", "too_late")


class ForecastDose(Wire):
    dose_id = fields.String(required=True)
    series = fields.String(required=True)
    no = fields.Integer(required=True)
    vaccine = fields.String(required=True)
    label = fields.Nested(Text, required=True)
    prevents = fields.Nested(Text, required=True, allow_none=True)
    earliest = fields.Date(required=True, allow_none=True)
    due = fields.Date(required=True, allow_none=True)
    complete_before = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    given_on = fields.Date(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class EditionName(Wire):
    title = fields.Nested(Text, required=True)
    version = fields.Integer(required=True)


class Forecast(Wire):
    doses = fields.List(fields.Nested(ForecastDose), required=True)
    edition = fields.Nested(EditionName, required=True)


class Child(Wire):
    name = fields.String(required=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True)


class Clinic(Wire):
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)


class SessionDay(Wire):
    on = fields.Date(required=True)
    starts = fields.String(required=True)
    ends = fields.String(required=True)
    place = fields.String(required=True)


class NextDoses(Wire):
    on = fields.Date(required=True)
    vaccines = fields.List(fields.Nested(Text), required=True)
    day = fields.Nested(SessionDay, required=True, allow_none=True)


class FamilyCheck(Wire):
    who = fields.String(required=True, validate=validate.OneOf(("mother", "child")))
    service = fields.String(required=True)
    opens = fields.Date(required=True)
    due = fields.Date(required=True)
    closes = fields.Date(required=True)
    late = fields.Boolean(required=True)


class Question(Wire):
    code = fields.String(required=True)
    label = fields.Nested(Text, required=True)


class ReactionTold(Wire):
    id = Id(required=True)
    reported_at = Instant(required=True)
    onset_on = fields.Date(required=True)
    signs = fields.List(fields.String(), required=True)
    urgent = fields.Boolean(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)


class FamilySms(Wire):
    wanted = fields.Boolean(required=True)
    phone_tail = fields.String(required=True, allow_none=True)


class FamilyPush(Wire):
    public_key = fields.String(required=True)
    subscribed = fields.Boolean(required=True)


class FamilyView(Forecast):
    child = fields.Nested(Child, required=True)
    village = fields.String(required=True)
    clinic = fields.Nested(Clinic, required=True)
    today = fields.Date(required=True)
    next = fields.Nested(NextDoses, required=True, allow_none=True)
    holidays = fields.List(fields.Nested(HolidayView), required=True)
    checks = fields.List(fields.Nested(FamilyCheck), required=True)
    questions = fields.List(fields.Nested(Question), required=True)
    reactions = fields.List(fields.Nested(ReactionTold), required=True)
    push = fields.Nested(FamilyPush, required=True)
    sms = fields.Nested(FamilySms, required=True)
    feed = fields.String(required=True, allow_none=True)
    expires_on = fields.Date(required=True)


class ReactionRequest(Wire):
    id = Id(required=True)
    signs = fields.List(
        fields.String(validate=validate.OneOf(SIGNS)),
        required=True,
        validate=validate.Length(1, len(SIGNS)),
    )
    onset_on = fields.Date(required=True)
    vaccinated_on = fields.Date(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True, validate=validate.Length(1, 500))
    phone = fields.String(required=True, allow_none=True, validate=validate.Length(5, 20))


class SmsRequest(Wire):
    wanted = fields.Boolean(required=True)


class CalendarRequest(Wire):
    """:param tells: ``dates``, ``vaccines``; nothing ends the feed"""

    tells = fields.String(
        required=True, allow_none=True, validate=validate.OneOf((DATES, VACCINES))
    )
    token_sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    language = fields.String(required=True, validate=validate.OneOf(LOCALES))


class FamilyLinkRequest(Wire):
    token_sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    expires_on = fields.Date(required=True)


class FamilyLink(Wire):
    id = Id(required=True)
    made_at = Instant(required=True)
    expires_on = fields.Date(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    revoked = fields.Boolean(required=True)


class FamilyLinks(Wire):
    items = fields.List(fields.Nested(FamilyLink), required=True)
