"""data.schema.json of one question, and the constraints that are a matter of shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from backend.xlsform import xpath

MAX_TEXT_ANSWER = 2_000
TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
DATETIME = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$"
_POINT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lng", "lat"],
    "properties": {
        "lng": {"type": "number", "minimum": -180, "maximum": 180},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
    },
}
_ODD_PATTERN = re.compile(r"\(\?|\\[1-9pPbBkQEAzZ]|\[\[:")


def shape_of(kind: str, *, whole: bool = False) -> dict[str, Any]:
    """The shape of what a question holds, before its constraint.

    :param kind: the control
    :param whole: an integer
    """
    known: dict[str, dict[str, Any]] = {
        "number": {"type": "integer" if whole else "number"},
        "date": {"type": "string", "format": "date"},
        "today": {"type": "string", "format": "date"},
        "time": {"type": "string", "pattern": TIME},
        "datetime": {"type": "string", "pattern": DATETIME},
        "choice": {"type": "string"},
        "choices": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "uniqueItems": True,
        },
        "photo": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "place": _POINT,
    }
    return known.get(kind, {"type": "string", "minLength": 1, "maxLength": MAX_TEXT_ANSWER})


def shape_of_value(kind: str) -> dict[str, Any]:
    """The shape of a calculated value."""
    known: dict[str, dict[str, Any]] = {
        "number": {"type": "number"},
        "bool": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        "codes": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    }
    return known.get(kind, {"type": "string"})


def limits(source: str, shape: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a constraint says about the shape alone, such as ``. >= 0 and . <= 300``.

    :returns: members of the shape; nothing when the constraint says something else
    """
    try:
        return _limits(xpath.parse(source), shape)
    except xpath.BadXPath:
        return None


def _limits(tree: xpath.Tree, shape: Mapping[str, Any]) -> dict[str, Any] | None:
    if isinstance(tree, xpath.Operation) and tree.operator == "and":
        left, right = _limits(tree.left, shape), _limits(tree.right, shape)
        return None if left is None or right is None or left.keys() & right else {**left, **right}
    if isinstance(tree, xpath.Call) and tree.name == "regex" and len(tree.arguments) == 2:
        itself, pattern = tree.arguments
        plain = isinstance(pattern, xpath.Literal) and shape.get("type") == "string"
        if _is_self(itself) and plain and "pattern" not in shape and "format" not in shape:
            return _pattern(pattern)
    if isinstance(tree, xpath.Operation):
        return _bound(tree, shape)
    return None


def _pattern(pattern: xpath.Tree) -> dict[str, Any] | None:
    text = pattern.text if isinstance(pattern, xpath.Literal) else ""
    whole = (
        text.startswith("^") and text.endswith("$") and "|" not in re.sub(r"\([^()]*\)", "", text)
    )
    return {"pattern": text} if whole and not _ODD_PATTERN.search(text) else None


def _bound(tree: xpath.Operation, shape: Mapping[str, Any]) -> dict[str, Any] | None:
    limit = _constant(tree.right)
    if limit is None or tree.operator not in ("<=", ">="):
        return None
    least = tree.operator == ">="
    number = int(limit) if limit.is_integer() else limit
    if _is_self(tree.left) and shape.get("type") in ("number", "integer"):
        return {"minimum" if least else "maximum": number}
    if not isinstance(tree.left, xpath.Call) or tree.left.name != "string-length":
        return None
    if all(_is_self(each) for each in tree.left.arguments) and "maxLength" in shape:
        return {"minLength" if least else "maxLength": number}
    return None


def _constant(tree: xpath.Tree) -> float | None:
    if isinstance(tree, xpath.Negation) and isinstance(tree.operand, xpath.Number):
        return -tree.operand.value
    return tree.value if isinstance(tree, xpath.Number) else None


def _is_self(tree: xpath.Tree) -> bool:
    return isinstance(tree, xpath.Path) and tree.steps == (".",)
