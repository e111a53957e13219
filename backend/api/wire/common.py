"""Pieces that the shapes share. Unknown members are refused everywhere (S06)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from backend.kernel.clock import iso, parse_instant
from backend.kernel.ids import is_uuid

MAX_ITEMS = 250
"""Longest list that may be sent to us (S06)."""

LOCALES = ("zh-CN", "en")


class Wire(Schema):
    """A shape that knows all of its members."""

    class Meta:
        unknown = RAISE


class Id(fields.String):
    """A lower-case UUID."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "uuid"}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not is_uuid(value):
            raise ValidationError("Not a lower-case UUID.")
        return str(value)


class Instant(fields.DateTime):
    """RFC 3339; written in UTC with milliseconds."""

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        return None if value is None else iso(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        try:
            return parse_instant(value)
        except (TypeError, ValueError):
            raise ValidationError("Not an instant with an offset.") from None


class AreaCode(fields.String):
    """A 12-digit area code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"^[0-9]{12}\Z"), **kwargs)


class Bytes(fields.String):
    """base64url without padding.

    :param length: how many bytes it must hold
    """

    def __init__(self, length: int, **kwargs: Any) -> None:
        size = -(-length * 4 // 3)
        super().__init__(validate=validate.Regexp(rf"^[0-9A-Za-z_-]{{{size}}}\Z"), **kwargs)


Text = Wire.from_dict({language: fields.String(required=True) for language in LOCALES}, name="Text")
"""A sentence in Chinese and English."""


def line(longest: int, **kwargs: Any) -> fields.String:
    """A required text of 1 to ``longest`` characters."""
    return fields.String(required=True, validate=validate.Length(1, longest), **kwargs)


class HolidayView(Wire):
    """Days off in a row, both ends included."""

    name = fields.Nested(Text, required=True)
    from_on = fields.String(required=True)
    to_on = fields.String(required=True)


class Point(Wire):
    """A place on earth, WGS-84 degrees."""

    lng = fields.Float(required=True)
    lat = fields.Float(required=True)


class Problem(Wire):
    """RFC 9457 problem document."""

    type = fields.String(required=True)
    title = fields.Nested(Text, required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), required=True)
    request_id = fields.String(required=True)


class Page(Wire):
    """Query of a list that is read page by page."""

    cursor = fields.String(validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MAX_ITEMS))
