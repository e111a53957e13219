"""Cursors of lists: the place of the last row, as opaque text."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any, TypeVar, get_type_hints

import orjson

from backend.kernel.errors import Refusal
from backend.kernel.sealing import b64, unb64

P = TypeVar("P")
_READ: dict[Any, Any] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    int: int,
    str: str,
}


def write_place(place: Any) -> str:
    """A place (a frozen dataclass of texts, numbers, days and instants) as text."""
    values = [getattr(place, field.name) for field in dataclasses.fields(place)]
    return b64(orjson.dumps(values))


def read_place(text: str | None, kind: type[P]) -> P | None:
    """Read a place back.

    :raises Refusal: ``cursor`` when the text is none of ours
    """
    if text is None:
        return None
    hints = get_type_hints(kind)
    try:
        values = orjson.loads(unb64(text))
        return kind(*(_READ[hint](v) for hint, v in zip(hints.values(), values, strict=True)))
    except (ValueError, TypeError, KeyError) as error:
        raise Refusal("cursor") from error
