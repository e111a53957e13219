"""Where a file departs from the schema of its format, told so that its author can put it right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs

from backend.forms.model import Mistake

_LANGUAGES = {"zh-CN": "Chinese", "en": "English"}
_ITEMS = ("field", "group", "repeat", "note")
_KEY = "^[a-z][a-z0-9_]{0,39}$"


def meta_mistakes(
    document: Any, meta_id: str, file: str, meta: Mapping[str, Mapping[str, Any]]
) -> list[Mistake]:
    """Every departure of a document, each at its own place."""
    registry = jsonschema_rs.Registry([(key, dict(body)) for key, body in meta.items()])
    validator = jsonschema_rs.validator_for(
        dict(meta[meta_id]), registry=registry, validate_formats=True
    )
    found: dict[tuple[str, str], Mistake] = {}
    for error in validator.iter_errors(document):
        for place, told in _told(error, document):
            found[place, told] = Mistake(f"{file} {place}".strip(), told)
    return list(found.values())


def _told(error: jsonschema_rs.ValidationError, document: Any) -> Iterable[tuple[str, str]]:
    kind = error.kind
    if kind.name in ("oneOf", "anyOf"):
        yield from _nearest(error, document)
        return
    place = ".".join(str(step) for step in error.instance_path)
    yield place, _sentence(kind, error)


def _nearest(error: jsonschema_rs.ValidationError, document: Any) -> Iterable[tuple[str, str]]:
    """An item is what its naming member says it is: only the faults of that shape help."""
    at: Any = document
    for step in error.instance_path:
        at = at[step]
    meant = [name for name in _ITEMS if isinstance(at, Mapping) and name in at]
    kind: Any = error.kind
    branches = kind.context
    if len(meant) == 1 and len(branches) == len(_ITEMS):
        for inner in branches[_ITEMS.index(meant[0])]:
            yield from _told(inner, document)
        return
    place = ".".join(str(step) for step in error.instance_path)
    if len(branches) == len(_ITEMS):
        told = "must be exactly one of a field, a group, a repeat and a note"
        yield place, told
        return
    faults = [" and ".join(sorted({t for e in b for _, t in _told(e, document)})) for b in branches]
    yield place, "; or ".join(dict.fromkeys(faults)) or "fits two shapes at once"


def _sentence(kind: Any, error: jsonschema_rs.ValidationError) -> str:
    value: Any = getattr(kind, "value", None)
    last = str(error.instance_path[-1]) if error.instance_path else ""
    match kind.name:
        case "required" if value in _LANGUAGES:
            return f"has no {_LANGUAGES[value]} text"
        case "required":
            return f"lacks '{value}'"
        case "additionalProperties":
            return f"has no place for {', '.join(repr(name) for name in value)}"
        case "enum" | "const":
            known = value if isinstance(value, list) else [value]
            return f"must be one of: {', '.join(str(each) for each in known)}"
        case "pattern" if value == _KEY:
            return "must be a key: a small letter, then small letters, digits and _, at most 40"
        case "minLength" if last in _LANGUAGES:
            return f"the {_LANGUAGES[last]} text is empty"
        case "type":
            return f"must be of type {' or '.join(value)}"
        case _:
            return "is empty" if kind.name == "minItems" else _first_line(error)


def _first_line(error: jsonschema_rs.ValidationError) -> str:
    return str(error.message).split("\n")[0][:300]
