"""The vaccination clinic's desk as it travels."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import MAX_ITEMS, AreaCode, HolidayView, Id, Instant, Text, Wire, line

ACTIONS = ("advised", "seen", "referred", "aefi")
_CLOCK = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")


class AreaQuery(Wire):
    area = AreaCode()


class ExpectedQuery(AreaQuery):
    until = fields.Date(required=True)


class DueQuery(Wire):
    village = AreaCode(required=True)
    until = fields.Date(required=True)


class BornQuery(Wire):
    area = AreaCode(required=True)
    born_from = fields.Date(required=True)
    born_to = fields.Date(required=True)


class SinceQuery(AreaQuery):
    since = fields.Date(required=True)


class CampaignChildrenQuery(Wire):
    area = AreaCode(required=True)
    since = fields.Date(required=True)
    name = fields.String(required=True, validate=validate.Length(1, 100))
    vaccine = fields.String(required=True, validate=validate.Length(1, 40))


class DaysQuery(Wire):
    area = AreaCode(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)


class ReactionsQuery(AreaQuery):
    state = fields.String(load_default="open", validate=validate.OneOf(("open", "answered")))


class ClinicDay(Wire):
    id = Id(required=True)
    area_code = AreaCode(required=True)
    on = fields.Date(required=True)
    starts = fields.String(required=True)
    ends = fields.String(required=True)
    place = fields.String(required=True)


class ClinicDays(Wire):
    """:param holidays: of the time that was asked for"""

    items = fields.List(fields.Nested(ClinicDay), required=True)
    holidays = fields.List(fields.Nested(HolidayView), required=True)


class DaysRequest(Wire):
    area_code = AreaCode(required=True)
    on = fields.List(fields.Date(), required=True, validate=validate.Length(1, 60))
    starts = fields.String(required=True, validate=_CLOCK)
    ends = fields.String(required=True, validate=_CLOCK)
    place = line(100)


class ExpectedVaccine(Wire):
    vaccine = fields.String(required=True)
    label = fields.Nested(Text, required=True)
    doses = fields.Integer(required=True)
    late = fields.Integer(required=True)


class ExpectedVillage(Wire):
    code = fields.String(required=True)
    name = fields.String(required=True)
    children = fields.Integer(required=True)
    vaccines = fields.List(fields.Nested(ExpectedVaccine), required=True)


class ExpectedAnswer(Wire):
    """:param as_of: the night on which it was counted; nothing while it never was"""

    villages = fields.List(fields.Nested(ExpectedVillage), required=True)
    total = fields.List(fields.Nested(ExpectedVaccine), required=True)
    children = fields.Integer(required=True)
    as_of = fields.Date(required=True, allow_none=True)


class Waiting(Wire):
    dose_id = fields.String(required=True)
    vaccine = fields.String(required=True)
    label = fields.Nested(Text, required=True)
    no = fields.Integer(required=True)
    due = fields.Date(required=True)
    late = fields.Boolean(required=True)
    note = fields.String(required=True, allow_none=True)


class ChildLine(Wire):
    id = Id(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True)
    village_code = fields.String(required=True)
    village_name = fields.String(required=True)
    guardian = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    doses = fields.List(fields.Nested(Waiting), required=True)


class Place(Wire):
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)


class DueAnswer(Wire):
    items = fields.List(fields.Nested(ChildLine), required=True)
    village_name = fields.String(required=True)
    clinic = fields.Nested(Place, required=True)
    day = fields.Nested(ClinicDay, required=True, allow_none=True)
    today = fields.Date(required=True)


class SchoolAnswer(Wire):
    """:param complete: children who lack nothing; ``items`` are the others"""

    items = fields.List(fields.Nested(ChildLine), required=True)
    children = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class Slip(Wire):
    child_id = Id(required=True)
    token_sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))


class SlipsRequest(Wire):
    village = AreaCode(required=True)
    slips = fields.List(fields.Nested(Slip), required=True, validate=validate.Length(1, MAX_ITEMS))


class SlipsAnswer(Wire):
    expires_on = fields.Date(required=True)


class CampaignDay(Wire):
    on = fields.Date(required=True)
    vaccinated = fields.Integer(required=True)
    so_far = fields.Integer(required=True)
    percent = fields.Float(required=True, allow_none=True)
    deferred = fields.Integer(required=True)
    contraindicated = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    absent = fields.Integer(required=True)
    aefi = fields.Integer(required=True)


class Campaign(Wire):
    name = fields.String(required=True)
    vaccine = fields.String(required=True)
    label = fields.Nested(Text, required=True)
    target = fields.Integer(required=True)
    vaccinated = fields.Integer(required=True)
    percent = fields.Float(required=True, allow_none=True)
    days = fields.List(fields.Nested(CampaignDay), required=True)


class TargetChild(Wire):
    village_code = AreaCode(required=True)
    village_name = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)
    residence = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    doses_before = fields.Integer(required=True, allow_none=True)
    contraindicated = fields.Boolean(required=True)
    vaccinated_on = fields.Date(required=True, allow_none=True)
    not_reason = fields.String(required=True, allow_none=True)


class CampaignChildren(Wire):
    """:param left: how many of the items are still to be vaccinated"""

    items = fields.List(fields.Nested(TargetChild), required=True)
    left = fields.Integer(required=True)


class CoveragePart(Wire):
    part = fields.String(required=True)
    checked = fields.Integer(required=True)
    covered = fields.Integer(required=True)
    disagree = fields.Integer(required=True)
    percent = fields.Float(required=True, allow_none=True)


class CoverageCheck(Wire):
    campaign = fields.String(required=True)
    parts = fields.List(fields.Nested(CoveragePart), required=True)
    villages = fields.Integer(required=True)
    complete = fields.Boolean(required=True)
    percent = fields.Float(required=True, allow_none=True)
    enough = fields.Boolean(required=True)
    catch_up = fields.List(fields.String(), required=True)


class CampaignsAnswer(Wire):
    campaigns = fields.List(fields.Nested(Campaign), required=True)
    checks = fields.List(fields.Nested(CoverageCheck), required=True)


class ReactionLine(Wire):
    id = Id(required=True)
    child_name = fields.String(required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)
    village_name = fields.String(required=True)
    reported_at = Instant(required=True)
    onset_on = fields.Date(required=True)
    vaccinated_on = fields.Date(required=True, allow_none=True)
    signs = fields.List(fields.String(), required=True)
    note = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    urgent = fields.Boolean(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    action = fields.String(required=True, allow_none=True)
    answered_by_name = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)
    aefi_on = fields.Date(required=True, allow_none=True)


class ReactionsAnswer(Wire):
    items = fields.List(fields.Nested(ReactionLine), required=True)
    open = fields.Integer(required=True)
    urgent = fields.Integer(required=True)


class AnswerRequest(Wire):
    answer = line(500)
    action = fields.String(required=True, validate=validate.OneOf(ACTIONS))
