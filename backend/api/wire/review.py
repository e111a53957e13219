"""Deciding on many, comments, saved filters, policies, credibility, audits, the map. Twin of
``pwa/src/api/wire_review.ts``.
"""

from __future__ import annotations

from marshmallow import fields, validate

from backend.api.wire.common import MAX_ITEMS, AreaCode, Id, Instant, Point, Text, Wire, line
from backend.api.wire.submissions import Comment, PersonName, Place, SubjectName

LONGEST_COMMENT = 500


class Shown(Wire):
    """A submission and the version that was on the screen."""

    id = Id(required=True)
    version_id = Id(required=True)


_SHOWN = fields.List(fields.Nested(Shown), required=True, validate=validate.Length(1, MAX_ITEMS))


class ApproveRequest(Wire):
    items = _SHOWN


class Left(Wire):
    id = Id(required=True)
    code = fields.String(required=True)


class Approved(Wire):
    """``left``: what was not approved, with the code of the reason."""

    batch_id = Id(required=True)
    approved = fields.List(Id(), required=True)
    left = fields.List(fields.Nested(Left), required=True)


class Undone(Wire):
    undone = fields.List(Id(), required=True)


class SameVisitRequest(Wire):
    """``kept`` are approved, the other items rejected."""

    items = _SHOWN
    kept = fields.List(Id(), required=True, validate=validate.Length(1, MAX_ITEMS))
    reason = line(LONGEST_COMMENT)


class Settled(Wire):
    id = Id(required=True)
    state = fields.String(required=True)


class SettledList(Wire):
    items = fields.List(fields.Nested(Settled), required=True)


class CommentRequest(Wire):
    text = line(LONGEST_COMMENT)
    kind = fields.String(required=True, allow_none=True, validate=validate.Length(1, 40))


class CommentList(Wire):
    items = fields.List(fields.Nested(Comment), required=True)


class SavedFilter(Wire):
    id = Id(required=True)
    name = fields.String(required=True)
    filter = fields.Dict(keys=fields.String(), required=True)


class FilterRequest(Wire):
    name = line(40)
    filter = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 20)),
        required=True,
        validate=validate.Length(max=20),
    )


class FilterList(Wire):
    items = fields.List(fields.Nested(SavedFilter), required=True)


class Policy(Wire):
    area = fields.Nested(Place, required=True)
    after_days = fields.Integer(required=True)
    sample_percent = fields.Integer(required=True)
    set_by = fields.String(required=True)
    set_at = Instant(required=True)


class PolicyRequest(Wire):
    """``after_days`` null: nothing passes by itself any more."""

    area_code = AreaCode(required=True)
    after_days = fields.Integer(
        required=True, allow_none=True, strict=True, validate=validate.Range(1, 60)
    )
    sample_percent = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100))


class PolicyList(Wire):
    items = fields.List(fields.Nested(Policy), required=True)


class WorkerLine(Wire):
    """``alarm``: somebody should look. ``signals`` counts those that staff may see."""

    worker = fields.Nested(PersonName, required=True)
    township = fields.Nested(Place, required=True)
    visits = fields.Integer(required=True)
    home_visits = fields.Integer(required=True)
    score = fields.Integer(required=True)
    alarm = fields.Boolean(required=True)
    signals = fields.Integer(required=True)
    answered = fields.Boolean(required=True)


class WorkerList(Wire):
    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")
    alarm_from = fields.Integer(required=True)
    items = fields.List(fields.Nested(WorkerLine), required=True)


class Signal(Wire):
    kind = fields.String(required=True)
    domain = fields.String(required=True)
    strength = fields.Float(required=True)
    text = fields.Nested(Text, required=True)
    since = Instant(required=True)


class Distribution(Wire):
    """Counts of visits or readings; ``township`` those of its other workers together."""

    kind = fields.String(required=True)
    mine = fields.List(fields.Integer(), required=True)
    township = fields.List(fields.Integer(), required=True)


class WorkerCredibility(WorkerLine):
    """Null in ``seen_at``: the doctor has not looked yet."""

    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")
    found = fields.List(fields.Nested(Signal), required=True)
    distributions = fields.List(fields.Nested(Distribution), required=True)
    comments = fields.List(fields.Nested(Comment), required=True)
    seen_at = Instant(required=True, allow_none=True)
    worked_out_at = Instant(required=True)


class AuditRequest(Wire):
    area_code = AreaCode(required=True)
    programme = fields.String(required=True, validate=validate.Length(1, 40))
    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")
    method = fields.String(required=True, validate=validate.OneOf(("systematic", "risk")))
    size = fields.Integer(load_default=20, strict=True, validate=validate.Range(1, 200))
    seed = fields.Integer(required=True, strict=True, validate=validate.Range(0, 999_999))


class AuditLine(Wire):
    """``rate``: share of the reached whose word agrees; null while there is none."""

    id = Id(required=True)
    area = fields.Nested(Place, required=True)
    programme = fields.String(required=True)
    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")
    method = fields.String(required=True)
    seed = fields.Integer(required=True)
    frame_size = fields.Integer(required=True)
    drawn_by = fields.String(required=True)
    drawn_at = Instant(required=True)
    size = fields.Integer(required=True)
    asked = fields.Integer(required=True)
    reached = fields.Integer(required=True)
    agrees = fields.Integer(required=True)
    differs = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class AuditList(Wire):
    items = fields.List(fields.Nested(AuditLine), required=True)


class AuditItem(Wire):
    """``phone`` is whole: it is to be called."""

    no = fields.Integer(required=True)
    subject = fields.Nested(SubjectName, required=True)
    phone = fields.String(required=True, allow_none=True)
    village = fields.Nested(Place, required=True)
    worker = fields.Nested(PersonName, required=True)
    submission_id = Id(required=True)
    visit_date = fields.Date(required=True)
    answered_by = fields.String(required=True, allow_none=True)
    agrees = fields.String(required=True, allow_none=True)
    difference = fields.String(required=True, allow_none=True)
    asked_at = Instant(required=True, allow_none=True)


class AuditDetail(AuditLine):
    form_version = fields.Integer(required=True)
    items = fields.List(fields.Nested(AuditItem), required=True)


class InterviewRequest(Wire):
    form_version = fields.Integer(required=True, strict=True)
    answers = fields.Dict(
        keys=fields.String(), required=True, validate=validate.Length(max=MAX_ITEMS)
    )


class MapQuery(Wire):
    day = fields.Date()
    worker = Id()
    village = AreaCode()


class MapVisit(Wire):
    id = Id(required=True)
    at = fields.Nested(Point, required=True)
    accuracy_m = fields.Float(required=True)
    finalised_at = Instant(required=True)
    worker_id = Id(required=True)
    mode = fields.String(required=True, allow_none=True)
    is_far = fields.Boolean(required=True)
    name = fields.String(required=True)


class MapHousehold(Wire):
    id = Id(required=True)
    no = fields.String(required=True)
    head_name = fields.String(required=True)
    village_code = fields.String(required=True)
    place = fields.Nested(Point, required=True, allow_none=True)


class MapVillage(Wire):
    code = fields.String(required=True)
    households = fields.Integer(required=True)
    uncovered = fields.Integer(required=True)


class MapAnswer(Wire):
    """``uncovered``: households where nobody was seen in this quarter, with a place or without;
    ``villages``: how many there are of them in each; ``placeless_homes``: the first 200 whose
    place nobody has taken yet.
    """

    quarter_from = fields.Date(required=True)
    visits = fields.List(fields.Nested(MapVisit), required=True)
    without_fix = fields.Integer(required=True)
    uncovered = fields.List(fields.Nested(MapHousehold), required=True)
    villages = fields.List(fields.Nested(MapVillage), required=True)
    placeless = fields.Integer(required=True)
    placeless_homes = fields.List(fields.Nested(MapHousehold), required=True)
    households = fields.Integer(required=True)
