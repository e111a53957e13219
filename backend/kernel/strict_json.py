"""Reading JSON from strangers: what a database, a hash or a screen could choke on stays outside.

Refused: text that is not UTF-8, NaN and Infinity, lone surrogates, NUL characters, a name twice in
one object, nesting deeper or values more than the limits (faults 15 and 53).
"""

from __future__ import annotations

import json
from typing import Any

import orjson

MAX_DEPTH = 32
MAX_VALUES = 50_000


class BadJson(ValueError):
    """The bytes are no JSON that this house takes; the text says why, without their content."""


def read(data: bytes, *, max_depth: int = MAX_DEPTH, max_values: int = MAX_VALUES) -> Any:
    """Parse UTF-8 JSON.

    :raises BadJson: for everything named in the module's text
    """
    # Allocating millions of empty lists takes seconds, counting brackets takes none. Strings hold
    # some too, hence the margin.
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > 2 * max_values:
        raise BadJson("too many values")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadJson(error.msg) from None
    _measure(value, max_depth, max_values)
    # Only now, with the size known to be small: orjson keeps the last of two equal names.
    json.loads(data, object_pairs_hook=_no_name_twice)
    return value


def _measure(value: Any, max_depth: int, max_values: int) -> None:
    count = 0
    level = [value]
    for _ in range(max_depth):
        deeper: list[Any] = []
        for item in level:
            count += 1
            if isinstance(item, str):
                _no_nul(item)
            elif isinstance(item, list):
                deeper.extend(item)
            elif isinstance(item, dict):
                for name in item:
                    _no_nul(name)
                deeper.extend(item.values())
        if count + len(deeper) > max_values:
            raise BadJson("too many values")
        if not deeper:
            return
        level = deeper
    raise BadJson("nested too deeply")


def _no_nul(text: str) -> None:
    if "\0" in text:
        raise BadJson("a NUL character")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise BadJson("a name twice in one object")
