"""The shape of answers: JSON Schema 2020-12 by a linear-time validator, in our own codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from backend.forms.model import FieldTypes, Violation

_CODE_BY_KEYWORD: Mapping[str, str] = {
    "type": "type",
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "length",
    "maxLength": "length",
    "minItems": "length",
    "maxItems": "length",
    "pattern": "pattern",
    "format": "format",
    "enum": "enum",
    "const": "enum",
    "uniqueItems": "enum",
}
_DETAIL_BY_KEYWORD: Mapping[str, str] = {
    "minimum": "limit",
    "maximum": "limit",
    "minLength": "min",
    "maxLength": "max",
    "minItems": "min",
    "maxItems": "max",
    "format": "format",
}
KEYWORDS = frozenset(_CODE_BY_KEYWORD) | {
    *("$schema", "$id", "$comment", "title", "description", "examples"),
    *("properties", "items", "additionalProperties", "required"),
}
"""What a data.schema.json may use: the part that every validator reads alike."""


@dataclass(frozen=True)
class Misshapen:
    """What the shape found.

    :param unusable: paths whose value cannot be used at all: of another type, or no real date
    """

    violations: tuple[Violation, ...]
    unusable: frozenset[str]


class Shape:
    """A compiled data.schema.json.

    :raises jsonschema_rs.ValidationError: the schema is no schema, or its patterns are not linear
    """

    def __init__(self, schema: Mapping[str, Any], types: FieldTypes) -> None:
        self._types = types
        self._validator = jsonschema_rs.validator_for(
            dict(schema),
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(),
            offline=True,
        )

    def check(self, answers: Any) -> Misshapen:
        """Compare answers with the shape; whether something is required is not asked here."""
        if self._validator.is_valid(answers):
            return _WELL_SHAPED
        found: dict[tuple[str, str], Violation] = {}
        unusable: set[str] = set()
        for error in self._validator.iter_errors(answers):
            keyword, value = error.kind.name, error.kind.value
            if keyword == "required" and not self._lacks_a_part(error.instance_path):
                continue
            if keyword == "additionalProperties":
                for name in value:
                    path = self._path([*error.instance_path, name])
                    found[path, "unknown_field"] = Violation(path, "unknown_field")
                continue
            code = _CODE_BY_KEYWORD.get(keyword, "type")
            path = self._path(error.instance_path)
            named = _DETAIL_BY_KEYWORD.get(keyword)
            found.setdefault((path, code), Violation(path, code, {named: value} if named else {}))
            if code == "type" or (code == "format" and self._type_at(path) == "date"):
                unusable.add(path)
        return Misshapen(tuple(found.values()), frozenset(unusable))

    def _path(self, place: Sequence[str | int]) -> str:
        """A field, or a field of a row; what lies inside an answer is the answer's."""
        rows = bool(place) and self._types.fields.get(str(place[0])) == "rows"
        return ".".join(str(step) for step in (place[:3] if rows else place[:1]))

    def _lacks_a_part(self, place: Sequence[str | int]) -> bool:
        """Something is missing inside one answer, such as a latitude: that is no such value. A
        field or cell that is missing is only unanswered.
        """
        if not place:
            return False
        return len(place) > (2 if self._types.fields.get(str(place[0])) == "rows" else 0)

    def _type_at(self, path: str) -> str | None:
        field, _, rest = path.partition(".")
        if not rest:
            return self._types.fields.get(field)
        return self._types.rows[field].get(rest.partition(".")[2])


_WELL_SHAPED = Misshapen((), frozenset())
