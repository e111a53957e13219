"""S53: no pattern of ours takes longer than its text: nothing repeats inside of what repeats.

Patterns are read by the standard library's own reader, which has no public name.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from re import _constants as constants, _parser as parser
from typing import Any

import pytest

from tests.builders.settings import ROOT

CALLS = {"compile", "match", "fullmatch", "search", "findall", "finditer", "sub", "split", "Regexp"}
REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)


def of_code() -> Iterator[tuple[str, str]]:
    """Every pattern that is written as a text in the backend."""
    for file in sorted((ROOT / "backend").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            owner = getattr(getattr(node.func, "value", None), "id", "")
            first = node.args[0]
            if name in CALLS and owner in ("re", "validate") and isinstance(first, ast.Constant):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", str(first.value)


def of_schemas() -> Iterator[tuple[str, str]]:
    """Every pattern of forms and of their formats."""
    for file in sorted((ROOT / "schemas").rglob("*.json")):
        for at, value in _patterns(json.loads(file.read_text("utf-8"))):
            yield f"{file.relative_to(ROOT)}{at}", value


def _patterns(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "pattern" and isinstance(inner, str):
                yield f"{at}/{key}", inner
            else:
                yield from _patterns(inner, f"{at}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _patterns(inner, f"{at}/{number}")


def nested(pattern: str) -> bool:
    """Whether an endless repetition stands inside of another one."""
    return _nested(parser.parse(pattern), inside=False)


def _nested(parsed: Any, *, inside: bool) -> bool:
    if isinstance(parsed, tuple) and len(parsed) == 2 and parsed[0] in REPEATS:
        _low, high, what = parsed[1]
        endless = high == constants.MAXREPEAT
        if endless and inside:
            return True
        return _nested(what, inside=inside or endless)
    if isinstance(parsed, list | tuple | parser.SubPattern):
        return any(_nested(one, inside=inside) for one in parsed)
    return False


@pytest.mark.parametrize("pattern", ["(a+)+", "(a*b?)*", "((x)+y)*", "(?:a|b+)*"])
def test_sec_s53_the_test_knows_a_bad_one(pattern: str) -> None:
    assert nested(pattern)
    re.compile(pattern)


def test_sec_s53_every_pattern_is_linear() -> None:
    found = [*of_code(), *of_schemas()]
    assert len(found) > 40, "the patterns are not where this test looks"
    assert [(where, pattern) for where, pattern in found if nested(pattern)] == []
