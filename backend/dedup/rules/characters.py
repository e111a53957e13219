"""Characters that stand for one another: variant forms, sounds, shapes.

The tables are ``schemas/identity/characters.json``, with where they come from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

TABLES = Path(__file__).resolve().parents[3] / "schemas" / "identity" / "characters.json"

# What southern ears mix up: n/l, zh/z, ch/c, sh/s, f/hu, in/ing, en/eng, an/ang.
_NEAR = (
    (re.compile(r"^hu(?=[ao])"), "f"),
    (re.compile(r"^hui$"), "fei"),
    (re.compile(r"^hun(?=g?$)"), "fen"),
    (re.compile(r"^hu$"), "fu"),
    (re.compile(r"^n(?=[aeiou])"), "l"),
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)


@cache
def _tables() -> tuple[dict[int, str], Mapping[str, frozenset[str]]]:
    told = json.loads(TABLES.read_text(encoding="utf-8"))
    looks: dict[str, set[str]] = {}
    for one, others in told["look_alikes"].items():
        for other in others:
            looks.setdefault(one, set()).add(other)
            looks.setdefault(other, set()).add(one)
    simplified = {ord(a): b for a, b in told["simplified"].items()}
    return simplified, {one: frozenset(others) for one, others in looks.items()}


def simplified(text: str) -> str:
    """The text with each traditional or variant character in its simplified form."""
    return text.translate(_tables()[0])


def look_alike(a: str, b: str) -> bool:
    """True for two characters whose printed shapes are easily taken for one another."""
    return b in _tables()[1].get(a, ())


@lru_cache(maxsize=5_000)
def near_sound(syllable: str) -> str:
    """A syllable without the differences that many speakers do not make: ``shi`` -> ``si``."""
    for pattern, to in _NEAR:
        syllable = pattern.sub(to, syllable)
    return syllable
